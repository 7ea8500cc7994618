import BenchSupport
@preconcurrency import Glibc
import LoadEngine
import Text

/// Shows text, and controls in it as escapes: it may be the words of a server, a database or a package.
///
/// It takes the place of Swift's function in this program, so that no command shows text without it. Where the output
/// cannot be written, ``StandardOutput/end(with:)`` says so.
func print(_ text: String, terminator: String = "\n") {
  StandardOutput.write(text.escapingControlsWithinLines + terminator)
}

/// Says on standard error what went wrong.
func complain(_ line: String) {
  fputs(line.escapingControlsWithinLines + "\n", stderr)
}

/// The standard output of this program.
enum StandardOutput {
  /// To be called first. Where the program was started with an output closed, the next file or socket to be opened would
  /// take its number, and get what is printed; the number is given to something that cannot be written.
  static func prepare() {
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      let null = open("/dev/null", O_RDONLY)
      if null >= 0, null != descriptor {
        dup2(null, descriptor)
        close(null)
      }
    }
    setvbuf(stdout, nil, _IOLBF, 0)
    // A file that may not grow is an error to tell, and no reason to die without a word.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// As it is, colours included.
  static func write(_ text: String) {
    fputs(text, stdout)
  }

  /// The exit code of a command whose own is `code`: an output that was not written in full is no success.
  ///
  /// Where the reader of a pipe has gone the program ends without a word, as others do. The kernel sees to that by SIGPIPE,
  /// and where that is ignored, the command has done its work for nobody.
  static func end(with code: ExitCode) -> Int32 {
    guard let failure, failure != EPIPE else { return code.rawValue }
    let reason = failure == EBADF ? "it is closed" : String(cString: strerror(failure))
    complain("shootout: the standard output could not be written: \(reason)")
    return ExitCode.couldNotMeasure.rawValue
  }

  private static var failure: Int32? {
    if fflush(stdout) != 0 { return errno }
    guard ferror(stdout) != 0 else { return nil }
    // Why an earlier write failed is not known any more. Another byte most likely has the same fate.
    clearerr(stdout)
    return fputs("\n", stdout) < 0 || fflush(stdout) != 0 ? errno : EIO
  }
}
