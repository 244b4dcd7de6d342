package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.config.gate.CoverageRule;
import dev.hivedeck.engine.gate.coverage.CoverageReports;
import dev.hivedeck.engine.gate.coverage.UnreadableReport;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the gates of one point in a task's life. They judge the commit: built-in gates read its
 * objects, commands run where it is checked out, and nothing that is in no commit helps it to pass
 * unseen. A gate that cannot be brought to an end has failed; it never stops the others.
 */
public final class Checkpoint {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);

  static final int FINDINGS = 50;
  private static final Pattern PLACE =
      Pattern.compile("^\\s*([\\w./@+-]+\\.\\w+):(\\d+)(?::\\d+)?:?\\s+(.+)$");

  private final Timers timers;
  private final GateCommand commands;

  public Checkpoint(Timers timers) {
    this.timers = timers;
    this.commands = new GateCommand(timers);
  }

  /**
   * @param gates one result for each gate of that point, in their order
   * @param risks what a person must approve because of how they came to be
   */
  public record Results(List<GateResult> gates, List<Risk> risks) {}

  /**
   * @param point {@code attempt} or {@code merge}
   * @param log receives the output of commands, line by line
   * @throws HiveException when the commit cannot be looked at: then nothing was judged
   */
  public Results run(String point, List<GateSpec> specs, GateSubject subject, Consumer<String> log)
      throws InterruptedException {
    var results = new ArrayList<GateResult>();
    var risks = new ArrayList<Risk>();
    List<ChangedFile> files = null;
    for (var spec : specs) {
      if (!spec.at().contains(point)) {
        continue;
      }
      long began = timers.clock().millis();
      GateVerdict verdict;
      try {
        if (spec.kind() != GateSpec.Kind.RUN && files == null) {
          files = Diffs.files(subject.git(), subject.base(), subject.head());
        }
        verdict = judge(point, spec, subject, files, log);
      } catch (HiveException e) {
        throw e; // no word about the commit: it could not be looked at
      } catch (RuntimeException | StackOverflowError e) {
        LOG.error("gate {}", spec.name(), e);
        verdict = GateVerdict.failed("Hivedeck itself failed at it: " + e, List.of());
      }
      if (verdict.uncommitted() != null) {
        risks.add(new Risk(RiskKind.UNCOMMITTED, verdict.uncommitted(), spec.name()));
      }
      results.add(
          new GateResult(
              spec.name(),
              point,
              verdict.outcome(),
              verdict.summary(),
              verdict.findings().stream().limit(FINDINGS).toList(),
              (timers.clock().millis() - began) / 1e3));
    }
    return new Results(List.copyOf(results), List.copyOf(risks));
  }

  private GateVerdict judge(
      String point,
      GateSpec spec,
      GateSubject subject,
      List<ChangedFile> files,
      Consumer<String> log)
      throws InterruptedException {
    return switch (spec.kind()) {
      case RUN -> run(point, spec, subject, log);
      case OWNERS -> BuiltInGates.owners(subject, files);
      case SIZE -> BuiltInGates.size(spec.limits(), files, Diffs.bytes(subject.git(), files));
      case PLACEHOLDERS -> BuiltInGates.placeholders(subject, files);
    };
  }

  private GateVerdict run(String point, GateSpec spec, GateSubject subject, Consumer<String> log)
      throws InterruptedException {
    var checkouts = subject.checkouts();
    boolean own = point.equals("attempt") && checkouts.hasOwn();
    if (own && spec.place() == GateSpec.Place.ATTEMPT) {
      var differs = checkouts.differences();
      return differs.isEmpty()
          ? command(spec, checkouts.own(), subject, log)
          : GateVerdict.failed(
              "the folder of the attempt is not what was committed: " + some(differs),
              differs.stream().map(p -> new Finding(p, 0, "is not as in the commit")).toList());
    }
    var clean = command(spec, checkouts.clean(), subject, log);
    if (clean.ok() || !own || spec.place() == GateSpec.Place.CLEAN) {
      return clean;
    }
    // What is installed in a folder that git ignores is in no checkout. Whether that is all that is
    // missing shows in the attempt's folder, if there is nothing else that tells them apart.
    var ignored = checkouts.ignored();
    if (ignored.isEmpty() || !checkouts.differences().isEmpty()) {
      return clean;
    }
    log.accept("fails in a clean checkout; once more where the agent worked");
    var there = command(spec, checkouts.own(), subject, log);
    return there.ok()
        ? new GateVerdict(
            Outcome.WARNED,
            "passes only with what is in no commit ("
                + some(ignored)
                + "); a clean checkout says: "
                + clean.summary(),
            List.of(
                new Finding(
                    null,
                    0,
                    "Let the gate install what it needs, for example npm ci && npm test, or take"
                        + " the attempt's word for it: gates: { "
                        + spec.name()
                        + ": { checkout: attempt } }.")),
            some(ignored))
        : there;
  }

  private static String some(List<String> paths) {
    return Plural.some(paths, 3);
  }

  private GateVerdict command(GateSpec spec, Path folder, GateSubject subject, Consumer<String> log)
      throws InterruptedException {
    Duration limit = spec.timeout() == null ? Duration.ofMinutes(10) : spec.timeout();
    var tree = spec.coverage() == null ? null : CommitTree.of(subject.git(), subject.head());
    if (tree != null) {
      try {
        CoverageReports.clear(spec.coverage(), folder, tree);
      } catch (UnreadableReport e) {
        return GateVerdict.failed(e.getMessage(), List.of());
      }
    }
    GateCommand.Exit exit;
    try {
      exit = commands.run(spec.command(), folder, subject.environment().apply(folder), limit);
    } catch (HiveException e) {
      if (e.is(ErrorCode.NOT_STARTED)) {
        return GateVerdict.failed(e.getMessage() + " " + e.hint(), List.of());
      }
      throw e;
    }
    exit.output().lines().limit(2_000).forEach(log);
    var verdict = verdict(spec, exit, limit, subject);
    return tree == null || !verdict.ok()
        ? verdict
        : measured(spec.coverage(), folder, tree, subject, verdict.summary());
  }

  private static GateVerdict measured(
      CoverageRule rule, Path folder, CommitTree tree, GateSubject subject, String said) {
    try {
      return GateVerdict.of(
          CoverageReports.measure(
              rule, folder, tree, subject.git(), subject.base(), subject.head()),
          rule.min(),
          said);
    } catch (UnreadableReport e) {
      return GateVerdict.failed("passed, but " + e.getMessage(), List.of());
    }
  }

  /** What of the gate's own scripts the change touches; null for nothing. */
  private static String broken(GateSpec spec, GateSubject subject) {
    var main = CommitTree.of(subject.git(), subject.base());
    var paths = ProtectedPaths.of(List.of(spec), List.of(), null, main);
    var files = Diffs.files(subject.git(), subject.base(), subject.head());
    return paths.touched(files, id -> Diffs.text(subject.git(), id)).stream()
        .filter(risk -> risk.kind() == RiskKind.GATE)
        .map(Risk::path)
        .findFirst()
        .orElse(null);
  }

  private static GateVerdict verdict(
      GateSpec spec, GateCommand.Exit exit, Duration limit, GateSubject subject) {
    String output = exit.output();
    if (exit.late()) {
      return GateVerdict.failed("did not end within " + words(limit), List.of());
    }
    String last = output.lines().filter(l -> !l.isBlank()).reduce((a, b) -> b).orElse("").strip();
    if (last.length() > 160) {
      last = last.substring(0, 160) + "…";
    }
    if (exit.code() == 0) {
      return GateVerdict.passed(last.isEmpty() ? "passed" : last);
    }
    if (exit.code() == 127 || exit.code() == 126) {
      String broken = broken(spec, subject);
      if (broken != null) {
        return GateVerdict.failed(
            "\""
                + spec.command()
                + "\" could not be run: "
                + last
                + ". The change itself touches what it runs: "
                + broken,
            List.of(
                new Finding(broken, 0, "is run by gate " + spec.name() + "; see that it runs")));
      }
      return GateVerdict.failed(
          "\""
              + spec.command()
              + "\" could not be run: "
              + last
              + ". Check gates: "
              + spec.name()
              + " in .hivedeck/hive.yaml.",
          List.of());
    }
    return GateVerdict.failed(
        "exit " + exit.code() + (last.isEmpty() ? "" : ": " + last), findings(output));
  }

  private static String words(Duration limit) {
    return limit.toSeconds() > 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }

  private static List<Finding> findings(String output) {
    var findings = new ArrayList<Finding>();
    for (String line : output.lines().toList()) {
      Matcher m = PLACE.matcher(line);
      if (m.matches()) {
        findings.add(new Finding(m.group(1), line(m.group(2)), m.group(3)));
      }
    }
    if (findings.isEmpty()) {
      output
          .lines()
          .filter(l -> !l.isBlank())
          .skip(Math.max(0, output.lines().filter(l -> !l.isBlank()).count() - 8))
          .forEach(l -> findings.add(new Finding(null, 0, l.strip())));
    }
    return findings;
  }

  /** No file has a line of a number that large: then it is about the whole file. */
  private static int line(String digits) {
    return digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }
}
