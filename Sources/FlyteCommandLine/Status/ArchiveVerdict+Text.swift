import FlyteArchive
import FlyteModel
import Tables

extension ArchiveVerdict {
    /// For people: the verdict in a line, and what follows from it below.
    func text(clock: ZoneClock = .utc, width: Int?, colors: TerminalColors) -> String {
        var lines = TextLines(width: width, colors: colors)
        let counted = counted
        switch kind {
        case .fresh:
            // A night that went wrong must not hide behind the one before.
            let failed = counted.contains { $0.last?.isSuccess == false }
            lines.add(
                failed ? "FRESH, but the last harvest did not come to its end: \(path)" : "FRESH: \(path)",
                failed ? .attention : .good)
        case .stale:
            let stale = counted.count { $0.kind != .fresh }
            lines.add(
                "STALE: \(path)\(counted.count > 1 ? ", \(stale) of \(counted.count) sources" : "")", .bad)
        case .never:
            let never = counted.count { $0.kind == .never }
            lines.add(
                counted.count > 1
                    ? "NEVER HARVESTED: \(path), \(never) of \(counted.count) sources"
                    : "NEVER HARVESTED: \(path)", .bad)
        case nil: lines.add("NEVER HARVESTED: \(path) has no source", .bad)
        }
        for source in sources {
            if sources.count > 1 {
                lines.blank()
                lines.add("\(source.source): \(word(source))", style(source))
            }
            tell(source, clock, &lines)
        }
        if sources.count > 1 { lines.blank() }
        switch lock {
        case .free: lines.fact("running now", "nothing", nameWidth: 14)
        case .held(let who): lines.fact("running now", who.isEmpty ? "somebody" : who, nameWidth: 14)
        case .unknown:
            lines.fact("running now", "unknown: the lock beside it may not be read", nameWidth: 14)
        }
        var disk = HumanText.bytes(bytes)
        if let freeBytes {
            disk += ", \(HumanText.bytes(freeBytes)) free"
            if freeBytes < 2 * bytes { disk += "; 'compact' and 'forget' take twice its size" }
        }
        lines.fact("disk", disk, nameWidth: 14)
        return lines.text
    }

    private func word(_ source: SourceVerdict) -> String {
        switch source.kind {
        case .fresh: "FRESH"
        case .stale: "STALE"
        case .never: source.isGivenUp(at: now) ? "never harvested, and not tried any more" : "NEVER HARVESTED"
        }
    }

    private func style(_ source: SourceVerdict) -> TerminalStyle {
        source.kind == .fresh ? .good : source.isGivenUp(at: now) ? .quiet : .bad
    }

    private func tell(_ source: SourceVerdict, _ clock: ZoneClock, _ lines: inout TextLines) {
        func time(_ time: Timestamp) -> String { HumanText.time(time.microsecondText, in: clock) }
        func ago(_ time: Timestamp) -> String { age(time).map { " (\($0) ago)" } ?? "" }
        func fact(_ name: String, _ value: String) { lines.fact(name, value, nameWidth: 14) }
        if let running = source.running {
            fact(
                "harvest",
                "\(lock == .unknown ? "began, and runs or was cut off" : "runs"), since \(time(running.startedAt))"
            )
        }
        if let last = source.last {
            var text =
                "\(last.outcome == "problems" ? "done, with problems," : source.lastOutcome ?? "") at \(time(last.endedAt ?? last.startedAt))\(ago(last.endedAt ?? last.startedAt))"
            if last.isSuccess {
                text += ": \(last.executionsNew) new, \(last.executionsUpdated) changed"
                if last.problems > 0 { text += ", \(HumanText.count(last.problems, "problem"))" }
            } else if let reason = last.reason {
                text += ": \(reason)"
            } else if last.outcome == nil {
                text += ": its process ended without a word"
            }
            fact("last harvest", text)
        } else if source.running == nil {
            fact("last harvest", "none")
        }
        if source.unsuccessful > 1, let since = source.unsuccessfulSince {
            fact("", "\(source.unsuccessful) in a row did not come to their end, since \(time(since))")
        }
        if let success = source.lastSuccessAt {
            if source.last?.isSuccess != true { fact("last success", "\(time(success))\(ago(success))") }
        } else {
            fact("last success", "never")
        }
        if let earliest = source.earliest, let reach = earliest.time {
            var text = "up to \(time(reach))\(ago(reach))"
            if source.placesStale > 0, source.placesStale < source.places {
                text += " in \(earliest.project)/\(earliest.domain)"
                text += "; \(source.placesStale) of \(source.places) projects and domains are behind"
            } else {
                text +=
                    " in \(source.places == 1 ? "its project and domain" : "all \(source.places) projects and domains")"
            }
            if source.placesUnfinished == 0 { fact("complete", text) }
        }
        if source.placesUnfinished > 0 {
            fact(
                "complete",
                "not yet: the first harvest goes on in \(source.placesUnfinished) of \(source.places) projects and domains"
            )
        }
        var open = HumanText.count(source.open, "execution")
        if source.zombies > 0 { open += "; nothing moves in \(source.zombies) of them any more (zombies)" }
        fact("open", source.open == 0 ? "none" : open)
        fact(
            "problems",
            source.problems == 0
                ? "none stand"
                : "\(source.problems) \(source.problems == 1 ? "stands" : "stand"), listed below")
    }

    /// nil for what is yet to come: clocks differ.
    private func age(_ time: Timestamp) -> String? {
        now >= time ? HumanText.shortDuration(Double(now - time) / 1e9) : nil
    }
}
