"""Forms of a report other than JSON: JUnit XML, HTML with diagrams, tables in a terminal."""
