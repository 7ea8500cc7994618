import Foundation
import Results
import Statistics

// What the facts of a record are called where people read them. Each sentence is made here, and nobody reads it back.

extension ThresholdResult {
  /// One line, such as `aquilia throughput 0.88× of before (0.85–0.91 at 99.8 %, 20 rounds), tolerated from 0.95×: fail`.
  public var text: String {
    func short(_ value: Double) -> String { String(format: "%.3g", value) }
    let bound = metric.worse == .down ? "from" : "up to"
    var figures = " not estimated"
    if comparedTo == .itself, let ratio, let interval {
      return
        "\(framework) \(metric.title) \(short(ratio)) MiB per million requests (\(short(interval.low))–\(short(interval.high)) at "
        + "\(String(format: "%.4g", confidence * 100)) %, \(rounds) rounds), tolerated up to \(short(tolerated)): \(verdict.title)"
    }
    if let ratio, let interval {
      figures = " \(short(ratio))× of \(isOfChange ? "before" : "the reference")"
      figures += " (\(short(interval.low))–\(short(interval.high)) at \(String(format: "%.4g", confidence * 100)) %, "
      figures += "\(rounds) rounds\(starts.map { " on \($0) starts" } ?? ""))"
    }
    return "\(framework) \(metric.title)\(figures), tolerated \(bound) \(short(tolerated))×: \(verdict.title)"
      + (reason.map { ": \($0.text)" } ?? "") + (baseline.map { " [\($0.text)]" } ?? "")
  }
}

extension ThresholdResult.Outcome {
  public var title: String {
    switch self {
    case .pass: "pass"
    case .fail: "fail"
    case .undecided: "inconclusive"
    }
  }
}

extension BaselineUse {
  package var text: String {
    ([name + (isOwn ? "" : " from another machine")] + changes.map(\.text)).joined(separator: ", ")
  }
}

extension Change {
  /// `aquilia 1.4.1, now 1.4.2`
  package var text: String { "\(name) \(then ?? "absent"), now \(now ?? "absent")" }
}

extension Reason {
  /// As a clause that follows "inconclusive: ".
  package var text: String {
    switch self {
    case .acrossThreshold: "the interval reaches across the threshold"
    case .notConfirmed: "beyond the threshold, but not shown at the confidence that the number of questions asks for"
    case .tooFewRounds(let rounds, let needed): "\(rounds) rounds, \(needed) are needed"
    case .tooFewStarts(let starts, let needed):
      "\(Figure.counted(starts, "start")) of the servers, \(needed) are needed"
    case .noBaseline: "no baseline"
    case .shortBaseline(let rounds, let needed): "the baseline has \(rounds) rounds, \(needed) are needed"
    case .otherRounds(let then, let now):
      "the baseline was made with \(then.profile), \(then.windowS) s and \(then.connections) connections, this run with "
        + "\(now.profile), \(now.windowS) s and \(now.connections)"
    case .outdatedBaseline(let isReference, let changes):
      "the baseline is outdated: \(isReference ? "the reference has changed, " : "")"
        + changes.map(\.text).joined(separator: ", ")
    case .noReference: "the reference was not measured beside it"
    case .notPositive: "a figure is not a positive number"
    case .unsound(let side, let fault): "\(side): \(fault.text)"
    case .inWords(let clause): clause
    }
  }
}

extension Fault {
  package var text: String {
    switch self {
    case .errors: "there were errors"
    case .failedCheck: "a check beside the load failed"
    case .disturbed(let disturbance, let rounds, let count): "\(disturbance.text) in \(rounds) of \(count) rounds"
    }
  }
}

extension Outage {
  /// As a clause: what happened.
  package var text: String {
    switch self {
    case .serverEnded(let name, let pid): "the server of \(name) (pid \(pid)) ended"
    case .notListening(let name, let port): "the server of \(name) does not listen on port \(port) any more"
    case .serverSilent(let name, let port): "the server of \(name) on port \(port) does not answer any more"
    case .deploymentEnded(let pid):
      "the process that answers for the stack (shootout deploy, pid \(pid)) ended, and everything with it"
    case .containerEnded(let name, let container): "the container of \(name) (\(container)) ended"
    case .databaseEnded(let pid): "the database (PostgreSQL, pid \(pid)) ended"
    case .databaseContainerEnded(let container): "the database (PostgreSQL, container \(container)) ended"
    case .databaseSilent(let reason): "the database does not answer: \(reason)"
    case .databaseRestarted: "the database (PostgreSQL) restarted"
    }
  }
}

extension LostCell {
  /// Why it has no result: `the database (PostgreSQL, pid 7) ended; seen in round 2 of db-read on sanic`.
  public var text: String { "\(outage.text); seen \(seen.text)" }
}

extension LostCell.Place {
  fileprivate var text: String {
    let cell = "\(scenario) on \(framework)"
    return switch phase {
    case .before: "before \(cell)"
    case .warmUp: "in the warm-up of \(cell)"
    case .beforeRound(let number): "before round \(number) of \(cell)"
    case .round(let number): "in round \(number) of \(cell)"
    case .retest(let number): "in round \(number) of the retest of \(cell)"
    }
  }
}

extension Disturbance {
  fileprivate var text: String {
    switch self {
    case .otherWork: "the machine was busy with other work"
    case .steal: "the hypervisor gave the machine to others"
    case .quota: "the CPU quota held the machine back"
    case .heat: "processors were slowed down for heat"
    case .idleTarget: "a target that was not under load used the machine"
    case .unseen: "what else used the machine was not seen"
    case .limitedByGenerator: "limited by the generator"
    case .unseenServer: "CPU time was not seen"
    case .limitedAtFixedRate: "limited by the generator at a fixed rate"
    case .unsent: "requests were due and not sent"
    case .fewAnswers: "fewer than \(Figure.count(GatePolicy.standard.answersForTail)) answers"
    }
  }
}

extension RoundWarning {
  package var text: String {
    let own = generator.map { "generator \($0)" } ?? "the generator"
    let prefix = generator.map { "generator \($0): " } ?? ""
    func seconds(_ value: Double) -> String { Figure.significant(value) }
    switch kind {
    case .limitedByGenerator(let share):
      let figure = share.map { ", which had or wanted a processor \(Int(($0 * 100).rounded())) % of the window" } ?? ""
      return "\(prefix)limited by the generator\(figure): the target may be faster than shown"
    case .behindSchedule(let share):
      return "\(own) fell behind its schedule, late for \(Figure.significant(share * 100, digits: 2)) % of the window: "
        + "latencies hold its lateness"
    case .checkSkipped(let name):
      return "\(prefix)check skipped: \(name); the database is not known (SHOOTOUT_DATABASE_URL)"
    case .statementsUncounted:
      return
        "\(prefix)check skipped: database statements; PostgreSQL does not count them (pg_stat_statements), or counts"
        + " the suite's own with them"
    case .partOfWindow(let length, let begin, let window, let generators):
      return
        "\(own) of \(generators) was not there for the whole window: for \(seconds(length)) of \(seconds(window)) s, "
        + "from \(seconds(begin)) s on"
    case .uncertainInstant(let reach, let window, let generators):
      return "\(own) of \(generators) knows the agreed instant only within \(seconds(reach)) s of a window of "
        + "\(seconds(window)) s"
    case .unknownBegin(let generators): return "\(own) of \(generators) does not say when its window began"
    case .inWords(let sentence): return prefix + sentence
    }
  }

  /// The same for warnings that differ in their figures only.
  package var group: String {
    let number = generator.map { "\($0) " } ?? ""
    switch kind {
    case .limitedByGenerator: return number + "limited"
    case .behindSchedule: return number + "behind"
    case .checkSkipped(let name): return number + "skipped " + name
    case .statementsUncounted: return number + "uncounted"
    case .partOfWindow: return number + "part"
    case .uncertainInstant: return number + "uncertain"
    case .unknownBegin: return number + "unknown"
    case .inWords(let sentence):
      return number + String(sentence.map { $0.isNumber ? "0" : $0 }).replacing(/0[0.,]*/, with: "0")
    }
  }
}

extension RunToRunSpread {
  /// `2.5 %`
  package var inWords: String { "\(Figure.significant(standardDeviation * 100, digits: 2)) %" }
}
