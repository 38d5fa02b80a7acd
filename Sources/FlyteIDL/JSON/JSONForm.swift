/// The JSON forms that protobuf gives its own types.
enum JSONForm {
    /// An object with a member for each field.
    case object
    case timestamp, duration
    case structure, value, listValue
    case any
    /// Just the value of field 1.
    case wrapper

    init(of messageName: String) {
        switch messageName {
        case "google.protobuf.Timestamp": self = .timestamp
        case "google.protobuf.Duration": self = .duration
        case "google.protobuf.Struct": self = .structure
        case "google.protobuf.Value": self = .value
        case "google.protobuf.ListValue": self = .listValue
        case "google.protobuf.Any": self = .any
        case "google.protobuf.DoubleValue", "google.protobuf.FloatValue", "google.protobuf.Int64Value",
            "google.protobuf.UInt64Value", "google.protobuf.Int32Value", "google.protobuf.UInt32Value",
            "google.protobuf.BoolValue", "google.protobuf.StringValue", "google.protobuf.BytesValue":
            self = .wrapper
        default: self = .object
        }
    }
}
