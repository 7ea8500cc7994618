import Foundation
import Results
import Stack
import Synchronization

/// The end of the test process before its time, by a signal or with those it works for.
///
/// What was measured is among the attachments already. The stack goes down by itself, because its owner looks at a pipe
/// that this process holds.
enum EarlyEnd {
  private static let begun = Atomic<Bool>(false)

  /// Whether this process is ending: what is measured now is no result.
  static var hasBegun: Bool { begun.load(ordering: .relaxed) }

  /// The run whose attachments these tests write; nil where nobody keeps them.
  static var run: RunDirectory? { AttachmentFolder.ofThisProcess?.run }

  static func watch() {
    run?.beginMeasuring()
    EndWatch.start { cause in
      begun.store(true, ordering: .relaxed)
      // Should anything below have to wait for another thread.
      signal(SIGALRM, SIG_DFL)
      alarm(1)
      if let end = try? ResultsCoding.encode(RunEnd(at: Date(), by: cause)) { try? run?.keep(RunEnd.fileName, end) }
      let line = "ended by \(cause); what was measured until then is kept\n"
      _ = write(STDERR_FILENO, line, line.utf8.count)
      fflush(nil)
      _exit(1)
    }
  }
}
