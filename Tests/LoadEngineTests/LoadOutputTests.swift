import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Stack
import Testing

/// Where `shootout load` writes its results, and what it says of what cannot be written.
@Suite struct LoadOutputTests {
  private let folder = Folder()
  private let server = ScriptedServer { peer in
    while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
  }

  /// A load in a shell, in the folder of the test; `$load` is the command without its options, `$url` where to.
  private func shell(_ script: String) throws -> ProgramRun {
    let program = CommandLineProgram.path(try Checkout.find())
    let url = "http://\(server.endpoint.host):\(server.endpoint.port)/"
    return try ProgramRun(
      ["-c", script], program: "/bin/bash",
      environment: ["shootout": program, "load": "\(program) load --connections 1 --requests 4", "url": url],
      directory: folder.path)
  }

  private func isResult(_ text: String) throws -> Bool {
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return try #require(json?["requests"] as? Int) > 0
  }

  private func isOneLine(_ run: ProgramRun, saying parts: String...) -> Bool {
    run.errors.split(separator: "\n").count == 1 && parts.allSatisfy(run.errors.contains)
  }

  @Test("A file keeps its inode, its mode and its other names, and nothing of what it held")
  func file() throws {
    let run = try shell(
      """
      seq 100000 > result; chmod 640 result; ln result other; stat -c '%i %a %h' result > before
      $load --json result $url > /dev/null && stat -c '%i %a %h' result | cmp - before && cmp result other && cat result
      """)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try isResult(run.output))
  }

  @Test("A link is followed, also to a file that is not there yet")
  func links() throws {
    let run = try shell(
      """
      ln -s new link; ln -s link second
      $load --json second $url > /dev/null && test -L second && test -L link && test -f new && cat new
      """)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try isResult(run.output))
  }

  @Test("A FIFO is written to, whether its reader comes before the load or after it")
  func fifo() throws {
    for script in [
      "mkfifo pipe; cat pipe & $load --json pipe $url > /dev/null; code=$?; wait; test -p pipe; exit $code",
      "mkfifo late; $load --json late $url > /dev/null & sleep 0.5; cat late; wait $!",
    ] {
      let run = try shell(script)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try isResult(run.output))
    }
  }

  @Test("A pipe that the shell made is written to, and so is a descriptor that it opened, where that stands")
  func descriptors() throws {
    let substituted = try shell("$load --json >(cat > got) $url > /dev/null; wait $!; cat got")
    #expect(try isResult(substituted.output), "\(substituted.errors)")
    let appended = try shell("echo first > log; $load --json /dev/fd/3 $url 3>>log > /dev/null; cat log")
    #expect(appended.output.hasPrefix("first\n{"), "\(appended.output)")
    #expect(try isResult(String(appended.output.dropFirst(6))))
  }

  @Test("/dev/stdout is another name for the standard output")
  func standardOutput() throws {
    for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
      #expect(try isResult(shell("$load --json \(name) $url").output))
      #expect(try isResult(shell("$load --json \(name) $url > file; cat file").output))
    }
  }

  @Test("A device is written to and stays", .enabled(if: getuid() == 0))
  func devices() throws {
    // Nodes with the numbers of null and full, so that no mistake can harm those of the machine.
    let run = try shell(
      """
      mknod null c 1 3 && mknod full c 1 7 || exit 77
      $load --json null $url > /dev/null || exit 1
      test -c null || exit 2
      $load --json full $url > /dev/null; test $? = 2 || exit 3
      test -c full
      """)
    guard run.status != 77 else { return }
    #expect(run.status == 0, "\(run.errors)")
    #expect(isOneLine(run, saying: "'full'", "No space left on device"))
  }

  @Test(
    "A place that cannot be written is known before the load, and is exit code 3",
    arguments: [
      ("mkdir place", "Is a directory"), ("ln -s no/folder place", "No such file or directory"),
      ("touch file; ln -s file/place place", "Not a directory"), ("ln -s place place", "symbolic links"),
      ("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"place\")'", "no file, pipe or terminal"),
    ])
  func unwritable(script: String, reason: String) throws {
    let run = try shell("\(script); $load --json place $url")
    #expect(run.status == 3)
    #expect(run.output.isEmpty)
    #expect(isOneLine(run, saying: "--json", reason), "\(run.errors)")
  }

  @Test("The progress of a load is written through what is there, line by line")
  func progress() throws {
    let run = try shell(
      """
      mkfifo pipe; echo old > file; ln -s file link
      cat pipe > got & $load --progress-json pipe $url > /dev/null || exit 1; wait; test -p pipe || exit 2; cat got
      $load --progress-json link $url > /dev/null || exit 3; test -L link || exit 4; cat file
      $load --progress-json - --json result $url | grep verified_in_all
      """)
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count >= 3 && lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "\(run.output)")
    let refused = try shell("mkdir folder; $load --progress-json folder $url")
    #expect(
      refused.status == 3 && isOneLine(refused, saying: "--progress-json", "Is a directory"), "\(refused.errors)")
    let full = try shell("$load --progress-json /dev/fd/3 $url 3> /dev/full > /dev/null")
    #expect(full.status == 2 && isOneLine(full, saying: "/dev/fd/3", "No space left"), "\(full.errors)")
  }

  @Test("A load that cannot begin leaves what is there as it was, and makes no file")
  func untouched() throws {
    let run = try shell(
      """
      echo precious > old
      for name in old new; do $load --threads 2 --json $name $url; done
      ls; cat old
      """)
    #expect(run.output == "old\nprecious\n")
  }

  @Test("A file that may not grow is exit code 2, and so is a pipe whose reader has gone")
  func failedWrites() throws {
    let limited = try shell("ulimit -f 0; $load --json small $url > /dev/null")
    #expect(limited.status == 2)
    #expect(isOneLine(limited, saying: "'small'", "File too large"), "\(limited.errors)")
    let left = try shell(
      "mkfifo pipe; exec 3<>pipe; exec 4>pipe; exec 3<&-; $load --json /dev/fd/4 $url > /dev/null")
    #expect(left.status == 2)
    #expect(isOneLine(left, saying: "'/dev/fd/4'", "Broken pipe"), "\(left.errors)")
  }

  @Test(
    "A standard output that is full or closed is exit code 2, whatever is printed",
    arguments: [
      "$load $url", "$load --json - $url", "$load --json result $url", "$shootout help", "$shootout --version",
      "$shootout load --help", "$shootout completion bash",
    ])
  func lostOutput(command: String) throws {
    for place in ["> /dev/full", ">&-"] {
      let run = try shell("\(command) \(place)")
      #expect(run.status == 2, "\(place)")
      #expect(isOneLine(run, saying: "standard output"), "\(run.errors)")
    }
  }

  @Test("What is printed never ends up in a file or a connection where the standard output is closed")
  func closedOutput() throws {
    let run = try shell("$load --json result $url >&- 2>&-; test $? = 2 && cat result")
    #expect(run.status == 0)
    #expect(try isResult(run.output))
  }

  @Test("A reader that has seen enough ends the program without a word")
  func closedPipe() throws {
    let run = try shell("$shootout completion bash | true; echo ${PIPESTATUS[0]}")
    #expect(["0\n", "141\n"].contains(run.output))
    #expect(run.errors.isEmpty)
    let ignoring = try shell("trap '' PIPE; ($shootout completion bash; echo $? >&2) | true")
    #expect(ignoring.errors == "0\n")
  }

  @Test("Control bytes of a server are shown as escapes")
  func hostileServer() throws {
    let hostile = ScriptedServer { peer in
      while peer.readHead() {
        peer.write("HTTP/1.1 2\u{9b}31m\u{202e}\u{85}0 \u{2028}x\r\nContent-Length: 0\r\n\r\n")
      }
    }
    let url = "http://\(hostile.endpoint.host):\(hostile.endpoint.port)/"
    for words in [[], ["--json", "-"]] {
      let run = try ProgramRun(["load", "--connections", "1", "--duration", "50ms"] + words + [url])
      #expect(run.status == 1)
      let unsafe = run.output.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
      #expect(unsafe.isEmpty)
      #expect(!run.output.unicodeScalars.contains { [0x202E, 0x2028].contains($0.value) })
      #expect(run.output.contains("u{9b}31m"), "\(run.output)")
    }
  }
}

/// A folder for one test, removed with this value.
final class Folder {
  let path = FileManager.default.temporaryDirectory.appending(path: "shootout-\(UUID().uuidString.prefix(8))").path

  init() {
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
