/// The version of this tool, which the archive's journal keeps.
public let flightlogVersion = "0.1.0"
