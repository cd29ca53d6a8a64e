"""Our own FHIR R4 API, for reading: for systems that an administrator has let in, within one clinic."""
