import Results

extension Profile {
  /// Whether its rounds are enough for the gate to fail anything.
  package var isGated: Bool { rounds >= Gate.fewestRoundsToFail }
}
