import Stack

/// What `docker/counting/sitecustomize.py` does in a server when a signal asks for it.
extension ServerCopy {
  /// A loop that is busy comes to signals when it is done.
  private static let patience = Duration.seconds(30)
  private static let environment = ["PATH": "/usr/bin:/bin"]

  /// Why nothing is counted of a server none of whose processes said that it can be asked: to others, the signal is the end.
  static let cannotBeAsked = NotCounted(reason: "the server's Python does not read docker/counting/sitecustomize.py")

  /// The processes that said at their start that they can be asked, and are there.
  func processesToAsk(_ interrupts: Interrupts) throws(DeploymentError) -> [Int32] {
    let launch = beside(["/bin/sh", "-c", Self.listing, folder], environment: Self.environment)
    return try ShortCommand("looking for processes", launch, deadline: Self.patience).run(interrupts)
      .split(separator: "\n").compactMap { Int32($0) }.sorted()
  }

  private static let listing = """
    cd "$0" && for file in asked-*; do pid=${file#asked-}; [ ! -d "/proc/$pid" ] || echo "$pid"; done
    """

  /// What was called since this was last asked for.
  func calls(_ process: Int32, _ interrupts: Interrupts) throws(DeploymentError) -> String {
    try ask(process, "asking what was called", for: "calls", interrupts)
  }

  /// Collects all garbage.
  func collectGarbage(_ process: Int32, _ interrupts: Interrupts) throws(DeploymentError) {
    _ = try ask(process, "collecting garbage", for: "collected", interrupts)
  }

  /// - Parameter answer: what its file is called.
  private func ask(
    _ process: Int32, _ purpose: String, for answer: String, _ interrupts: Interrupts
  ) throws(DeploymentError) -> String {
    try requireAlive()
    let launch = beside(
      ["/bin/sh", "-c", Self.asking, folder, "\(process)", "\(answer)-\(process)"], environment: Self.environment)
    return try ShortCommand(purpose, launch, deadline: Self.patience).run(interrupts)
  }

  private static let asking = """
    cd "$0" && kill -USR2 "$1" && until [ -e "$2" ]; do sleep 0.005; done && cat "$2" && rm "$2"
    """
}
