import com.helger.io.resource.ClassPathResource;
import com.helger.ubl21.UBL21Marshaller;
import com.helger.xml.schema.XMLSchemaCache;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import net.sf.saxon.s9api.Processor;
import net.sf.saxon.s9api.Serializer;
import net.sf.saxon.s9api.XsltExecutable;
import net.sf.saxon.s9api.Xslt30Transformer;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;

/**
 * Holds documents against the schema of UBL 2.1 and the rules of EN 16931 and of Peppol, as they are published.
 *
 * A path on each line of standard input; the answer is a line for each fault (severity, rule, text), then an empty line.
 */
class Check {
  private static final String RULES = "external/schematron/openpeppol/2026.5/xslt/";
  private static final String SVRL = "http://purl.oclc.org/dsdl/svrl";

  public static void main(String[] arguments) throws Exception {
    Processor saxon = new Processor(false);
    List<XsltExecutable> rules = new ArrayList<>();
    for (String name : new String[] {"CEN-EN16931-UBL.xslt", "PEPPOL-EN16931-UBL.xslt"}) {
      rules.add(saxon.newXsltCompiler().compile(new StreamSource(new ClassPathResource(RULES + name).getInputStream())));
    }
    Schema invoices = XMLSchemaCache.getInstance().getSchema(UBL21Marshaller.getAllInvoiceXSDs());
    Schema notes = XMLSchemaCache.getInstance().getSchema(UBL21Marshaller.getAllCreditNoteXSDs());
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String path = lines.readLine(); path != null; path = lines.readLine()) {
      boolean isNote = path.endsWith(".note.xml");
      schema(isNote ? notes : invoices, new File(path));
      for (XsltExecutable each : rules) {
        rules(saxon, each, new File(path));
      }
      System.out.println();
      System.out.flush();
    }
  }

  private static void schema(Schema schema, File file) throws Exception {
    var validator = schema.newValidator();
    validator.setErrorHandler(
        new ErrorHandler() {
          public void warning(SAXParseException fault) {
            say("warning", "XSD", fault.getMessage());
          }

          public void error(SAXParseException fault) {
            say("fatal", "XSD", fault.getMessage());
          }

          public void fatalError(SAXParseException fault) {
            say("fatal", "XSD", fault.getMessage());
          }
        });
    validator.validate(new StreamSource(file));
  }

  private static void rules(Processor saxon, XsltExecutable rules, File file) throws Exception {
    StringWriter written = new StringWriter();
    Serializer out = saxon.newSerializer(written);
    Xslt30Transformer transformer = rules.load30();
    transformer.transform(new StreamSource(file), out);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document found = factory.newDocumentBuilder().parse(new InputSource(new StringReader(written.toString())));
    NodeList failed = found.getElementsByTagNameNS(SVRL, "failed-assert");
    for (int at = 0; at < failed.getLength(); at++) {
      Element one = (Element) failed.item(at);
      say(one.getAttribute("flag"), one.getAttribute("id"), one.getTextContent());
    }
    if (found.getElementsByTagNameNS(SVRL, "fired-rule").getLength() == 0) {
      say("fatal", "NONE", "no rule was applied");
    }
  }

  private static void say(String severity, String rule, String text) {
    System.out.println(severity + "\t" + rule + "\t" + text.strip().replaceAll("\\s+", " "));
  }
}
