import BenchSupport
import BenchTesting
import Testing

@testable import Stack

@Suite struct HostileWordsTests {
  @Test("Errors quote logs and databases with escapes, each line of a log on one")
  func errors() {
    let died = DeploymentError.died(name: "x", status: nil, log: "x.log", tail: ["a\u{1b}[2J\rb", "c"])
    #expect(died.description == "x ended at its start: c; the end of x.log:\n  a\\u{1b}[2J\\rb\n  c")
    let failed = DeploymentError.failed(what: "pip", command: "pip", status: .exited(1), output: "a\u{9b}\nb")
    #expect(failed.description == "pip: pip: exit code 1\n  a\\u{9b}\n  b")
    let late = DeploymentError.notReady(
      name: "x", after: .milliseconds(300), state: "starting", log: "l", tail: ["\0"])
    #expect(late.description == "x is not ready after 300 ms: starting; the end of l:\n  \\u{0}")
    let refused = DatabaseError.query(state: "42P01", message: "no \u{1b}]0;x\u{7}", statement: "SELECT")
    #expect(refused.description == #"no \u{1b}]0;x\u{7} [SQLSTATE 42P01] in: SELECT"#)
    let unreadable = ContainerProblem.unreadable(what: "inspect", answer: "\u{202e}{")
    #expect(unreadable.description == #"inspect: an answer that cannot be read: \u{202e}{"#)
  }

  @Test("A table of what is up, and what the doctor found, show versions with escapes")
  func tables() {
    let status = StackStatus(rows: [StackStatus.Row(name: "x", state: "up", version: "1\u{1b}[31m\n2")])
    #expect(status.table.contains(#"1\u{1b}[31m\n2"#))
    let annotation = TestAnnotations.Annotation(file: "a\u{1b}", line: 1, column: 2, message: "b\u{1b}\nc%")
    #expect(annotation.text == #"::error file=a\u{1b},line=1,col=2::b\u{1b}%0Ac%25"#)
  }
}
