import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * HAPI's validator as a process of its own: a resource (JSON) on each line in, what is wrong with it on each line out.
 *
 * <p>Offline: the definitions of R4 come with the library, the profiles from the folder that is given, and no
 * terminology server is asked. A line that begins with "define " holds a definition to be known from then on.
 */
public class Validator {
    public static void main(String[] given) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        FhirContext context = FhirContext.forR4();
        PrePopulatedValidationSupport profiles = new PrePopulatedValidationSupport(context);
        try (Stream<Path> files = Files.list(Path.of(given[0]))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".xml")).sorted().collect(Collectors.toList())) {
                profiles.addResource(context.newXmlParser().parseResource(Files.readString(file)));
            }
        }
        FhirValidator validator = validator(context, profiles);
        out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("define ")) {
                profiles.addResource(context.newJsonParser().parseResource(line.substring(7)));
                validator = validator(context, profiles);
                out.println("[]");
            } else {
                out.println(said(validator, line));
            }
        }
    }

    private static FhirValidator validator(FhirContext context, PrePopulatedValidationSupport profiles) {
        UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
        ValidationSupportChain chain = new ValidationSupportChain(
                new DefaultProfileValidationSupport(context),
                profiles,
                new SnapshotGeneratingValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context),
                unknown);
        FhirInstanceValidator module = new FhirInstanceValidator(chain);
        module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        return context.newValidator().registerValidatorModule(module);
    }

    private static String said(FhirValidator validator, String line) {
        List<SingleValidationMessage> found = validator.validateWithResult(line).getMessages();
        return found.stream()
                .map(each -> "{\"severity\":" + quoted(String.valueOf(each.getSeverity()))
                        + ",\"where\":" + quoted(each.getLocationString())
                        + ",\"words\":" + quoted(each.getMessage()) + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        StringBuilder made = new StringBuilder("\"");
        for (char sign : String.valueOf(text).toCharArray()) {
            if (sign == '"' || sign == '\\' || sign < ' ') {
                made.append(String.format("\\u%04x", (int) sign));
            } else {
                made.append(sign);
            }
        }
        return made.append('"').toString();
    }
}
