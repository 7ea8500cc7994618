import Behaviour
import BenchSupport
import BenchTesting
import Results
import Stack
import Testing
import Text

extension Exclusive.ParityTests {
  /// Trials of faults against copies of a real application: what is found, and what is not.
  @Suite("Faults, on copies of the reference") struct FaultTests {
    private func trial(
      _ fault: InjectedFault, on copy: ReferenceCopy, limitS: Double = 20
    ) throws -> FaultTrial.Seen {
      let plan = FaultPlan(faults: [fault], trials: 1, beforeS: 0.3, lastsS: 0.6, quietS: 0.5, limitS: limitS)
      let trial = try FaultMeasurement(
        server: copy.server, postgres: copy.stack.postgres, plan: plan,
        material: ScenarioMaterial(copy.configuration, copy.stack, for: fault.scenario), folder: nil,
        controls: FaultControls(stopDatabase: {}, startDatabase: {}), interrupts: .none
      ).run(fault, trial: 1)
      return try #require(trial.seen, "\(trial.notTried ?? "")")
    }

    /// Answers as soon as it has seen the first bytes of a body.
    private static let early = Lie(
      "upload answered at its first bytes", .upload, foundBy: .load("verification"),
      """
              async for chunk in body_chunks(receive):
                  parser.write(chunk)
          except MultipartParseError:
      """,
      """
              async for chunk in body_chunks(receive):
                  await respond_json(send, {"size": 10485760, "status": "ok"})
                  return
          except MultipartParseError:
      """)

    @Test("A server that answers before a body is whole is a finding, with the bytes of its answer")
    func early() async throws {
      guard let copy = try await ReferenceCopy(applying: Self.early) else { return }
      let seen = try trial(.bodyCut, on: copy, limitS: 1)
      let wrong = try #require(
        seen.wrongAnswers.first { $0.text == "an upload of 10 MiB, cut after 4 MiB, was answered 200" })
      let bytes = String(decoding: Base64.decode(wrong.bytes) ?? [], as: UTF8.self)
      #expect(
        bytes.hasPrefix("HTTP/1.1 200 OK\r\n") && bytes.hasSuffix(#"{"size":10485760,"status":"ok"}"#), "\(bytes)")
      #expect(seen.wrongAnswerCount >= wrong.count)
    }

    @Test(
      "Nothing is found against an honest copy, which goes on",
      arguments: [InjectedFault.bodyCut, .uploadLeft, .downloadLeft])
    func honest(fault: InjectedFault) async throws {
      guard let copy = try await ReferenceCopy(applying: nil) else { return }
      let seen = try trial(fault, on: copy)
      #expect(seen.wrongAnswers == [] && seen.wrongAnswerCount == 0)
      #expect(seen.outcome != .notRecovered && seen.verified > 0)
      #expect(!seen.clients.isEmpty)
      #expect(seen.clients["a row was inserted by a request that was cut"] == nil)
    }

    @Test("A server that loses its only worker does not recover, and is to be started anew")
    func killed() async throws {
      guard let copy = try await ReferenceCopy(applying: nil) else { return }
      let seen = try trial(.workerKilled, on: copy, limitS: 1)
      #expect(seen.outcome == .notRecovered)
      #expect(seen.errorCount > 0 && seen.errorsBefore == 0)
      #expect(seen.reasonToStartAnew(answers: false) == "it did not recover")
      #expect(seen.processes.map { $0.after < $0.before } == true)
    }
  }
}
