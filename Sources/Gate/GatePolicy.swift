import Results
import Statistics

/// Everything by which the gate and the warnings decide: each figure with its unit, its reason and where it comes from.
///
/// Those who decide take it as an argument. `standard` stands at the edges only: where a run is measured, and where it is
/// reported. Notes are those of docs/lab-notes.
public struct GatePolicy: Equatable, Sendable {
  public static let standard = GatePolicy()

  // MARK: How often it may be wrong

  /// Probability that a run in which nothing got worse fails, over all its scenarios, thresholds and looks. Each scenario
  /// has an equal part (Bonferroni). By convention one in twenty.
  package var falseAlarms = 0.05
  /// Two-sided confidence of the interval that has to be tolerated as a whole for a pass. Not corrected for the number of
  /// questions, because a pass that is wrong is no false alarm. By convention.
  package var passConfidence = 0.95
  /// The same of all questions about memory, in addition: a family of its own, so that they take nothing from those about time.
  /// What is held hardly scatters and a quarter more is tolerated, so that a small probability costs nothing.
  package var falseAlarmsOfMemory = 0.001

  // MARK: How much there has to be

  /// Rounds on either side; fewer decide nothing, because their scatter is hardly known.
  package var minimumRounds = 3
  /// Rounds on either side; with fewer nothing fails. Far out in the tails, Welch's t with few rounds is not as rare as it
  /// says. Source: 2026-11-27-simulated-gate.md.
  public var roundsToFail = 8
  /// Starts of the servers of two versions; fewer decide nothing.
  package var minimumStarts = 3
  /// The same; with fewer nothing fails.
  package var startsToFail = 5
  /// Answers in the window of a p99. With fewer, less than ten lie beyond it, and single ones decide.
  package var answersForTail = 1000
  /// Share of the due requests that were never sent. They would have waited longest: where they are half of the hundredth
  /// that the p99 is about, it is another figure.
  package var unsentShare = 0.005

  // MARK: When more is not worth its time

  /// Probability: what all rounds planned would decide with a smaller one ends a scenario early. Source: Lan, Simon and
  /// Halperin, Sequential Analysis 1 (1982); 2026-11-27-precision-of-quick-runs.md.
  package var chanceToDecide = 0.25
  /// Half of a 95 % interval, as a logarithm: targets whose ratio is known within about ±4 % are not measured on to tell them
  /// apart. Source: 2026-11-27-precision-of-quick-runs.md.
  package var narrow = 0.04
  /// The same of a load curve, whose levels are drawn over decades: known within about ±10 %, they are not measured on. A
  /// quarter as many rounds know it as ±5 % take.
  package var narrowOfCurve = 0.10
  /// A p-value of a pair of targets: told apart below it. Smaller than the 5 % of the ranks, because Holm's method divides
  /// that by the number of pairs.
  package var toldApart = 0.005

  // MARK: What scatters anyway

  /// Standard deviation, as a logarithm, of the ratio of a framework to the reference from one run to the next. Source:
  /// 2026-11-27-run-to-run-shift.md.
  package var runToRun = RunToRunSpread(standardDeviation: 0.025)
  /// Correlation of a round with the next: more than was seen. Source: 2026-11-27-run-to-run-shift.md.
  package var autocorrelation = 0.2

  /// When a mean is taken at equal speed of the machine: of ten rounds or more, and where the speeds differ between both
  /// targets by chance only. Source: 2026-11-26-speed-of-the-machine.md.
  package var speedAdjustment = RoundRatios.Adjustment(fewestRounds: 10, leastPlausible: 0.001)

  // MARK: Counts

  /// Standard deviation, as a share, of the instructions of an exchange from one start of a server to the next, but for starts
  /// that are unlucky. Source: 2026-12-01-where-memory-lies.md.
  package var instructionsFromStartToStart = 0.001
  /// The same of system calls: a loop that finds two events at once makes one call for both.
  package var systemCallsFromStartToStart = 0.003
  /// One-sided confidence with which counts have to lie on one side of a threshold to be decided before all starts that are
  /// allowed. Small errors only: what passes by it passes a little too early. Source: `CountGateErrorRateTests`.
  package var countConfidence = 0.95
  /// Fresh starts of a server at most, after that of the run, for all scenarios together. Source: `CountGateErrorRateTests`.
  package var countRestarts = 4
  /// Beyond the threshold by this share of what they were before, instructions and system calls fail at once: no start strays
  /// so far. Source: 2026-12-01-where-memory-lies.md.
  package var countFarBeyond = 0.1
  /// The same of whole numbers. More than two starts ever differed by, which a timer does. Source: the same.
  package var wholeNumberFarBeyond = 0.005
  /// Standard deviation, as a logarithm: a ratio of counts that scatters more decides nothing by its estimate. It is so of
  /// few system calls in an exchange that takes long, which are hidden among those of timers.
  package var countMayScatter = 0.02
  /// Of an exchange: what is a whole number of each is a fraction on average where a timer or the end of a batch comes in.
  package var countRounding = 0.05
  /// The same of system calls, which come with timers and with how bytes arrive: from start to start, `ping` has 6.8 to 7.1.
  package var systemCallRounding = 0.5

  /// As a share of what it was before.
  func farBeyond(_ metric: CountMetric) -> Double {
    switch metric {
    case .instructions, .systemCalls: countFarBeyond
    case .pythonCalls, .databaseStatements, .bytesSent, .bytesReceived: wholeNumberFarBeyond
    }
  }

  /// So many starts at least, each another layout of memory: one whose base was unlucky hides what is dearer now. What else is
  /// counted hardly depends on where things lie. Source: `CountGateErrorRateTests`.
  func startsToPass(_ metric: CountMetric) -> Int { metric == .instructions ? 2 : 1 }

  /// The same of what fails, unless it is far beyond: one in ten layouts is unlucky by more than is tolerated.
  func startsToFail(_ metric: CountMetric) -> Int { metric == .instructions ? 4 : 2 }

  /// None of instructions, which are no small number.
  func rounding(_ metric: CountMetric) -> Double {
    switch metric {
    case .instructions: 0
    case .systemCalls: systemCallRounding
    case .pythonCalls, .databaseStatements, .bytesSent, .bytesReceived: countRounding
    }
  }

  /// Standard deviation as a share. Statements, Python calls and bytes are the same in every start.
  func startToStart(_ metric: CountMetric) -> Double {
    switch metric {
    case .instructions: instructionsFromStartToStart
    case .systemCalls: systemCallsFromStartToStart
    case .pythonCalls, .databaseStatements, .bytesSent, .bytesReceived: 0
    }
  }

  // MARK: What lasts

  /// MiB for each million of exchanges: five bytes for each. At a thousand a second it is 18 MiB in an hour; an object that is
  /// kept for each request takes a hundred times as much.
  public var memorySlope = 5.0
  /// MiB: an interpreter takes memory in arenas of up to 1 MiB in each process, so that less than this in all may be one of each.
  public var leastMemoryRise = 4.0
  /// Open descriptors for each million of exchanges: one in ten thousand is not closed.
  public var descriptorSlope = 100.0

  /// Rounds of one start, and seconds of their windows together: with fewer nobody asks for the slope of memory.
  package var roundsForSlope = 14
  package var secondsForSlope = 60.0

  // MARK: What disturbs

  /// Share of one core, used by one target that was not under load. More than its idle timers need.
  package var idleCPU = 0.02
  /// Share of the whole machine, used by nobody the suite knows. More than daemons use on a calm machine.
  package var otherCPU = 0.10
  /// Share of the whole machine, given to others by the hypervisor.
  package var stealCPU = 0.02
  /// Share of the whole machine, withheld by the CPU quota of the suite's control group. Source: 2026-11-27-cpu-quota.md.
  package var quota = 0.02
  /// Share of the rounds of one side: disturbed in more, they decide nothing. The other half says what it was without.
  package var disturbedRounds = 0.5
  /// Share of a target's CPU time, used by one of its processes. With four workers an equal share is a quarter. Source:
  /// 2026-11-25-connections-and-workers.md.
  package var busiestWorker = 0.6
  /// Share of a window of a distributed run that one generator missed, or does not know the begin of, before it is said: the
  /// differences that a run can show are larger. Source: docs/many-machines.md.
  package var missedWindow = 0.01
  /// A worker comes with a parent, and a parent with a helper: so many processes may be one worker's.
  package var processesOfOneWorker = 3
}

extension Profile {
  /// Whether its rounds are enough for the gate to fail anything.
  package func isGated(by policy: GatePolicy) -> Bool { rounds >= policy.roundsToFail }
}
