package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Views.Finding;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.protocol.Views.Outcome;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.Diffs;
import dev.hivedeck.engine.worktree.Git;
import dev.hivedeck.engine.worktree.Owners;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the gates of one point in a task's life. */
public final class Checkpoint {
  private static final int FINDINGS = 50;
  private static final int OUTPUT = 64 * 1024;
  private static final int DIFF_LINES = 200_000;
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

  public Checkpoint(Timers timers) {
    this.timers = timers;
  }

  /**
   * @param point {@code attempt} or {@code merge}
   * @param log receives the output of commands, line by line
   * @return one result for each gate of that point, in their order
   */
  public List<GateResult> run(
      String point, List<GateSpec> specs, Subject subject, Consumer<String> log)
      throws InterruptedException {
    var results = new ArrayList<GateResult>();
    Query.FileDiffs diff = null;
    for (var spec : specs) {
      if (!spec.at().contains(point)) {
        continue;
      }
      if (spec.kind() != GateSpec.Kind.RUN && diff == null) {
        diff =
            Diffs.between(
                new Git(subject.folder()),
                subject.base(),
                subject.head(),
                DIFF_LINES);
      }
      long began = timers.clock().millis();
      Verdict verdict =
          switch (spec.kind()) {
            case RUN -> command(spec, subject, log);
            case OWNERS -> owners(subject, diff);
            case SIZE -> size(spec, diff);
            case PLACEHOLDERS -> placeholders(diff);
          };
      results.add(
          new GateResult(
              spec.name(),
              point,
              verdict.outcome(),
              verdict.summary(),
              verdict.findings().stream().limit(FINDINGS).toList(),
              timers.clock().millis() - began));
    }
    return results;
  }

  private record Verdict(Outcome outcome, String summary, List<Finding> findings) {
    static Verdict passed(String summary) {
      return new Verdict(Outcome.PASSED, summary, List.of());
    }

    static Verdict failed(String summary, List<Finding> findings) {
      return new Verdict(Outcome.FAILED, summary, findings);
    }
  }

  private static Verdict owners(Subject subject, Query.FileDiffs diff) {
    if (subject.owns().isEmpty()) {
      return Verdict.passed("owns everything");
    }
    var outside = new ArrayList<Finding>();
    for (var file : diff.files()) {
      for (String path :
          file.oldPath() == null ? List.of(file.path()) : List.of(file.path(), file.oldPath())) {
        if (!Owners.owns(subject.owns(), path)) {
          outside.add(new Finding(path, 0, "is outside of " + String.join(", ", subject.owns())));
        }
      }
    }
    return outside.isEmpty()
        ? Verdict.passed(count(diff.files().size(), "file") + ", all its own")
        : Verdict.failed(
            outside.size()
                + (outside.size() == 1 ? " file is" : " files are")
                + " not its own: "
                + outside.getFirst().file(),
            outside);
  }

  private static Verdict size(GateSpec spec, Query.FileDiffs diff) {
    int lines = diff.files().stream().mapToInt(f -> f.additions() + f.deletions()).sum();
    if (spec.max() > 0 && lines > spec.max()) {
      return Verdict.failed(
          lines + " lines, at most " + spec.max() + " pass",
          List.of(new Finding(null, 0, "Split the work into smaller tasks.")));
    }
    if (spec.warn() > 0 && lines > spec.warn()) {
      return new Verdict(Outcome.WARNED, lines + " lines, best below " + spec.warn(), List.of());
    }
    return Verdict.passed(count(lines, "line"));
  }

  private static String count(int number, String one) {
    return number + " " + one + (number == 1 ? "" : "s");
  }

  private static Verdict placeholders(Query.FileDiffs diff) {
    var found = new ArrayList<Finding>();
    for (var file : diff.files()) {
      for (var hunk : file.hunks()) {
        for (var line : hunk.lines()) {
          if (line.kind().equals("+") && PLACEHOLDER.matcher(line.text()).find()) {
            found.add(
                new Finding(
                    file.path(),
                    line.newLine(),
                    "leaves a placeholder: `" + line.text().strip() + "`"));
          }
        }
      }
    }
    if (diff.truncated() && found.isEmpty()) {
      return new Verdict(Outcome.WARNED, "too large to read whole", List.of());
    }
    return found.isEmpty()
        ? Verdict.passed("no placeholders")
        : Verdict.failed(count(found.size(), "placeholder") + " left", found);
  }

  private Verdict command(GateSpec spec, Subject subject, Consumer<String> log)
      throws InterruptedException {
    ProcessTree tree;
    try {
      tree =
          ProcessTree.start(
              "{ " + spec.command() + "\n} 2>&1", subject.folder(), subject.environment());
    } catch (HiveException e) {
      return Verdict.failed(e.getMessage() + " " + e.hint(), List.of());
    }
    var late = new AtomicBoolean();
    Duration limit = spec.timeout() == null ? Duration.ofMinutes(10) : spec.timeout();
    var timer =
        timers.after(
            limit,
            () -> {
              late.set(true);
              tree.end();
            });
    try {
      tree.process().getOutputStream().close();
      String output = tail(tree.process().getInputStream());
      int exit = tree.process().waitFor();
      output.lines().limit(2_000).forEach(log);
      return verdict(spec, exit, output, late.get(), limit);
    } catch (IOException e) {
      return late.get()
          ? verdict(spec, -1, "", true, limit)
          : Verdict.failed("its output could not be read: " + e.getMessage(), List.of());
    } catch (InterruptedException e) {
      tree.end();
      throw e;
    } finally {
      timer.cancel();
    }
  }

  private static Verdict verdict(
      GateSpec spec, int exit, String output, boolean late, Duration limit) {
    if (late) {
      return Verdict.failed("did not end within " + limit.toSeconds() + " s", List.of());
    }
    String last = output.lines().filter(l -> !l.isBlank()).reduce((a, b) -> b).orElse("").strip();
    if (last.length() > 160) {
      last = last.substring(0, 160) + "…";
    }
    if (exit == 0) {
      return Verdict.passed(last.isEmpty() ? "passed" : last);
    }
    if (exit == 127 || exit == 126) {
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
    return Verdict.failed("exit " + exit + (last.isEmpty() ? "" : ": " + last), findings(output));
  }

  private static List<Finding> findings(String output) {
    var findings = new ArrayList<Finding>();
    for (String line : output.lines().toList()) {
      Matcher m = PLACE.matcher(line);
      if (m.matches()) {
        findings.add(new Finding(m.group(1), Integer.parseInt(m.group(2)), m.group(3)));
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

  /** The last part of what a command prints, however much it prints. */
  private static String tail(InputStream in) throws IOException {
    byte[] ring = new byte[OUTPUT];
    byte[] buffer = new byte[8192];
    long total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      for (int i = 0; i < n; i++) {
        ring[(int) (total++ % OUTPUT)] = buffer[i];
      }
    }
    if (total <= OUTPUT) {
      return new String(ring, 0, (int) total, StandardCharsets.UTF_8);
    }
    int start = (int) (total % OUTPUT);
    byte[] ordered = new byte[OUTPUT];
    System.arraycopy(ring, start, ordered, 0, OUTPUT - start);
    System.arraycopy(ring, 0, ordered, OUTPUT - start, start);
    return "…\n" + new String(ordered, StandardCharsets.UTF_8);
  }
}
