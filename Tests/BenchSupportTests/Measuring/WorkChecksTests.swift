import LoadEngine
import SeededRandom
import Stack
import Testing

@testable import BenchSupport

@Suite struct WorkChecksTests {
  @Test(
    "Each answer has its statement, and what was not answered may have one",
    arguments: [
      (calls: 100, rows: 100, true), (103, 103, true), (99, 99, false), (104, 104, false), (0, 0, false),
      // Something else was asked, or many rows at a time.
      (100, 0, false), (100, 500, false), (20, 100, false),
    ])
  func statements(calls: Int, rows: Int, isRight: Bool) {
    let check = DatabaseStatements.check(
      StatementCount(calls: calls, rows: rows), ExchangeCount(answered: 100, sent: 103), perExchange: 1)
    #expect(check.passed == isRight)
  }

  @Test("The count of statements is told in words")
  func statementsInWords() {
    func detail(_ calls: Int, _ rows: Int) -> String {
      DatabaseStatements.check(
        StatementCount(calls: calls, rows: rows), ExchangeCount(answered: 12_034, sent: 12_034), perExchange: 1
      ).detail
    }
    #expect(detail(12_034, 12_034) == "12,034 answers and 12,034 statements on bench_users, each of one row")
    #expect(
      detail(1, 1000)
        == "12,034 answers and 1 statements on bench_users, of 1,000 rows together; right would be 1 for each answer, "
        + "of one row")
  }

  @Test("Rows are right where they are as many as were acknowledged and hold what was sent")
  func rows() {
    let row = BenchUser(id: 1001, name: "writer-7", email: "writer-7@example.com", bio: "Written under load: 7.")
    let emptied = BenchUser(id: 1002, name: "writer-8", email: "writer-8@example.com", bio: "")
    #expect(InsertedRows.check([(row, 3)], acknowledged: 3).passed)
    #expect(InsertedRows.check([], acknowledged: 0).passed)
    #expect(!InsertedRows.check([(row, 2)], acknowledged: 3).passed)
    let check = InsertedRows.check([(row, 1), (emptied, 2)], acknowledged: 3)
    #expect(!check.passed)
    #expect(
      check.detail
        == "3 inserts were acknowledged and 3 rows are in the table; 2 of them hold what nobody sent, such as "
        + #"{"name":"writer-8","email":"writer-8@example.com","bio":""}"#)
  }

  @Test("What is drawn for an insert is known again, and nothing else is")
  func written() {
    var random = SplitMix64(seed: 5)
    var user = BenchUser.written(drawnFrom: &random)
    user.id = 1234
    #expect(user.isWritten)
    for change: WritableKeyPath<BenchUser, String> in [\.name, \.email, \.bio] {
      var other = user
      other[keyPath: change] += "0"
      #expect(!other.isWritten)
    }
  }

  /// Milliseconds after the request was sent.
  private func course(accepted: Double, answered: Double, isDone: Bool) -> BackgroundTask.Course {
    let sent = Instant(nanoseconds: 1_000_000_000)
    func after(_ milliseconds: Double) -> Instant { sent + .nanoseconds(Int64(milliseconds * 1e6)) }
    return BackgroundTask.Course(
      sent: sent, accepted: after(accepted), answered: after(answered), isDoneAtOnce: isDone)
  }

  @Test(
    "A task is done too early where it cannot have slept since its request was sent",
    arguments: [
      (answered: 2.5, isDone: true, true), (8.9, true, true), (9, true, false), (400, true, false), (2.5, false, false),
    ])
  func tooEarly(answered: Double, isDone: Bool, isWrong: Bool) {
    let text = BackgroundTask.tooEarly(course(accepted: 1, answered: answered, isDone: isDone))
    #expect((text != nil) == isWrong)
    if answered == 2.5, isDone {
      #expect(text == "a task that has to sleep for 10 ms was done 2.5 ms after it was asked for")
    }
  }

  @Test("Answers wait for their tasks where all of them take those 10 ms longer than other answers")
  func waiting() {
    let late = course(accepted: 11, answered: 12, isDone: true)
    #expect(BackgroundTask.waiting([late, late]) != nil)
    #expect(BackgroundTask.waiting([late, course(accepted: 1, answered: 2, isDone: false)]) == nil)
    // A long way takes as long for both.
    let far = course(accepted: 40, answered: 80, isDone: true)
    #expect(BackgroundTask.waiting([far, far]) == nil)
    // One that was quick is enough: the others had to wait for something else.
    #expect(BackgroundTask.waiting([late, course(accepted: 1, answered: 12, isDone: true)]) == nil)
  }

  @Test("Half a token is never drawn")
  func tokens() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<300 {
      let token = BackgroundTask.token(drawnFrom: &random)
      #expect(token.count == 16 && token.allSatisfy(\.isHexDigit))
    }
  }
}
