public import FlyteAnalysis
public import Tables

extension HumanText {
    /// What a container asks for: `4 CPU, 16 GiB memory, 1 GPU`; nil for nothing.
    public static func request(_ request: ResourceRequest) -> String? {
        var parts: [String] = []
        if let cpu = request.cpu { parts.append("\(amount(cpu)) CPU") }
        if let memory = request.memoryBytes { parts.append("\(bytes(memory)) memory") }
        if let gpu = request.gpu, gpu > 0 { parts.append("\(amount(gpu)) GPU") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
