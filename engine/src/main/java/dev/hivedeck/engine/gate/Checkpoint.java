package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CodeOwners;
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
import java.util.Map;
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

  private static final int FINDINGS = 50;
  private static final int LONGEST_MESSAGE = 300;
  private static final Pattern PLACE =
      Pattern.compile("^\\s*([\\w./@+-]+\\.\\w+):(\\d+)(?::\\d+)?:?\\s+(.+)$");

  /** Words that stand where work should be. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "\\b(TODO|FIXME|XXX)\\b|NotImplementedError|NotImplementedException|not implemented yet"
              + "|unimplemented!\\(|todo!\\(|(rest|remainder) of (the )?(code|file|implementation)"
              + "|your code here|implementation goes here|lorem ipsum",
          Pattern.CASE_INSENSITIVE);

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
      Verdict verdict;
      try {
        if (spec.kind() != GateSpec.Kind.RUN && files == null) {
          files = Diffs.files(subject.git(), subject.base(), subject.head());
        }
        verdict = judge(point, spec, subject, files, log);
      } catch (HiveException e) {
        throw e; // no word about the commit: it could not be looked at
      } catch (RuntimeException | StackOverflowError e) {
        LOG.error("gate {}", spec.name(), e);
        verdict = Verdict.failed("Hivedeck itself failed at it: " + e, List.of());
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

  /**
   * @param uncommitted what it passes with that is in no commit, or null
   */
  private record Verdict(
      Outcome outcome, String summary, List<Finding> findings, String uncommitted) {
    static Verdict passed(String summary) {
      return new Verdict(Outcome.PASSED, summary, List.of(), null);
    }

    static Verdict warned(String summary, List<Finding> findings) {
      return new Verdict(Outcome.WARNED, summary, findings, null);
    }

    static Verdict failed(String summary, List<Finding> findings) {
      return new Verdict(Outcome.FAILED, summary, findings, null);
    }

    boolean ok() {
      return outcome != Outcome.FAILED;
    }
  }

  private Verdict judge(
      String point,
      GateSpec spec,
      GateSubject subject,
      List<ChangedFile> files,
      Consumer<String> log)
      throws InterruptedException {
    return switch (spec.kind()) {
      case RUN -> run(point, spec, subject, log);
      case OWNERS -> owners(subject, files);
      case SIZE -> size(spec.limits(), files, Diffs.bytes(subject.git(), files));
      case PLACEHOLDERS -> placeholders(subject, files);
    };
  }

  // ── what the built-in ones say ──────────────────────────────────────────────────────────────

  private static Verdict owners(GateSubject subject, List<ChangedFile> files) {
    if (subject.owns().isEmpty()) {
      return Verdict.passed("owns everything");
    }
    var outside = new ArrayList<Finding>();
    for (var file : files) {
      for (String path : file.paths()) {
        if (!CodeOwners.owns(subject.owns(), path)) {
          outside.add(new Finding(path, 0, "is outside of " + String.join(", ", subject.owns())));
        }
      }
    }
    return outside.isEmpty()
        ? Verdict.passed(Plural.of(files.size(), "file") + ", all its own")
        : Verdict.failed(
            outside.size()
                + (outside.size() == 1 ? " file is" : " files are")
                + " not its own: "
                + outside.getFirst().file(),
            outside);
  }

  private static Verdict size(
      GateSpec.Limits limits, List<ChangedFile> files, Map<String, Long> bytes) {
    long lines = files.stream().mapToLong(f -> f.additions() + f.deletions()).sum();
    long size = bytes.values().stream().mapToLong(Long::longValue).sum();
    if (above(lines, limits.max())) {
      return Verdict.failed(
          Plural.of(lines, "line") + ", at most " + Plural.number(limits.max()) + " pass",
          List.of(new Finding(null, 0, "Split the work into smaller tasks.")));
    }
    if (above(size, limits.maxBytes())) {
      return Verdict.failed(
          words(size) + " come with it, at most " + words(limits.maxBytes()) + " pass",
          largest(bytes));
    }
    long binary = files.stream().filter(f -> !f.lines()).count();
    long brought = files.stream().filter(f -> !f.lines()).mapToLong(f -> bytes.get(f.path())).sum();
    if (limits.maxBytes() == 0 && brought > GateSpec.Limits.BINARY_BYTES) {
      return Verdict.failed(
          words(brought)
              + " of binary files come with it, which have no lines to count; at most "
              + words(GateSpec.Limits.BINARY_BYTES)
              + " pass where no maxBytes is given",
          largest(bytes));
    }
    if (above(lines, limits.warn())) {
      return Verdict.warned(
          Plural.of(lines, "line") + ", best below " + Plural.number(limits.warn()), List.of());
    }
    if (above(size, limits.warnBytes())) {
      return Verdict.warned(
          words(size) + " come with it, best below " + words(limits.warnBytes()), largest(bytes));
    }
    return Verdict.passed(
        Plural.of(lines, "line")
            + (binary == 0
                ? ""
                : ", " + Plural.of(binary, "binary file") + " of " + words(brought)));
  }

  private static boolean above(long number, long limit) {
    return limit > 0 && number > limit;
  }

  private static List<Finding> largest(Map<String, Long> bytes) {
    return bytes.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(5)
        .map(e -> new Finding(e.getKey(), 0, "brings " + words(e.getValue())))
        .toList();
  }

  private static String words(long bytes) {
    return bytes < 1 << 20
        ? "%d kB".formatted((bytes + 1023) >> 10)
        : "%d MB".formatted(bytes >> 20);
  }

  /** What it cannot read it names: that passes with a warning at best. */
  private static Verdict placeholders(GateSubject subject, List<ChangedFile> files) {
    var found = new ArrayList<Finding>();
    var unread = new ArrayList<Finding>();
    for (var file : files) {
      if (!file.read() && !file.mode().equals("000000")) {
        unread.add(new Finding(file.path(), 0, "is too large to be read line by line"));
      }
    }
    Diffs.added(
        subject.git(),
        subject.base(),
        subject.head(),
        (path, number, text, cut) -> {
          if (found.size() < FINDINGS && PLACEHOLDER.matcher(text).find()) {
            found.add(new Finding(path, number, "leaves a placeholder: `" + shortened(text) + "`"));
          } else if (cut && unread.size() < FINDINGS) {
            unread.add(new Finding(path, number, "is too long a line to be read whole"));
          }
        });
    if (!found.isEmpty()) {
      return Verdict.failed(
          (found.size() == FINDINGS ? "at least " : "")
              + Plural.of(found.size(), "placeholder")
              + " left",
          found);
    }
    if (!unread.isEmpty()) {
      return Verdict.warned("too large to read whole: " + unread.getFirst().file(), unread);
    }
    long binary = files.stream().filter(f -> !f.lines()).count();
    return Verdict.passed(
        "no placeholders"
            + (binary == 0 ? "" : ", " + Plural.of(binary, "binary file") + " not read"));
  }

  private static String shortened(String text) {
    String line = GateCommand.plain(text).strip();
    return line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "…" : line;
  }

  // ── what commands say ───────────────────────────────────────────────────────────────────────

  private Verdict run(String point, GateSpec spec, GateSubject subject, Consumer<String> log)
      throws InterruptedException {
    var checkouts = subject.checkouts();
    boolean own = point.equals("attempt") && checkouts.hasOwn();
    if (own && spec.place() == GateSpec.Place.ATTEMPT) {
      var differs = checkouts.differences();
      return differs.isEmpty()
          ? command(spec, checkouts.own(), subject, log)
          : Verdict.failed(
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
        ? new Verdict(
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

  private Verdict command(GateSpec spec, Path folder, GateSubject subject, Consumer<String> log)
      throws InterruptedException {
    Duration limit = spec.timeout() == null ? Duration.ofMinutes(10) : spec.timeout();
    GateCommand.Exit exit;
    try {
      exit = commands.run(spec.command(), folder, subject.environment(), limit);
    } catch (HiveException e) {
      if (e.is(ErrorCode.NOT_STARTED)) {
        return Verdict.failed(e.getMessage() + " " + e.hint(), List.of());
      }
      throw e;
    }
    exit.output().lines().limit(2_000).forEach(log);
    return verdict(spec, exit, limit, subject);
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

  private static Verdict verdict(
      GateSpec spec, GateCommand.Exit exit, Duration limit, GateSubject subject) {
    String output = exit.output();
    if (exit.late()) {
      return Verdict.failed("did not end within " + words(limit), List.of());
    }
    String last = output.lines().filter(l -> !l.isBlank()).reduce((a, b) -> b).orElse("").strip();
    if (last.length() > 160) {
      last = last.substring(0, 160) + "…";
    }
    if (exit.code() == 0) {
      return Verdict.passed(last.isEmpty() ? "passed" : last);
    }
    if (exit.code() == 127 || exit.code() == 126) {
      String broken = broken(spec, subject);
      if (broken != null) {
        return Verdict.failed(
            "\""
                + spec.command()
                + "\" could not be run: "
                + last
                + ". The change itself touches what it runs: "
                + broken,
            List.of(
                new Finding(broken, 0, "is run by gate " + spec.name() + "; see that it runs")));
      }
      return Verdict.failed(
          "\""
              + spec.command()
              + "\" could not be run: "
              + last
              + ". Check gates: "
              + spec.name()
              + " in .hivedeck/hive.yaml.",
          List.of());
    }
    return Verdict.failed(
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
