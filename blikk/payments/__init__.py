"""What a consultation costs, who pays it, and the claim for the part of the state: tariffs, exemptions, charges."""
