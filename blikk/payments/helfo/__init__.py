"""Helfo's interfaces, as they are described in public: where claims go, and who has an exemption card."""
