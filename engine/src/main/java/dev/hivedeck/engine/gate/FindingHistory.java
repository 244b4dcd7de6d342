package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.FindingAge;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells what an attempt was told before from what is new, and what is gone. Lines move, and numbers
 * in messages with them, so that a finding is the same where its file and its words are; of several
 * the nearest line.
 */
public final class FindingHistory {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private FindingHistory() {}

  /**
   * @param before what the gates said of the attempt before, with those that have none of now
   */
  public static List<GateResult> compare(List<GateResult> before, List<GateResult> now) {
    return now.stream()
        .map(
            gate ->
                before.stream()
                    .filter(
                        b ->
                            b.gate().equals(gate.gate())
                                && b.checkpoint().equals(gate.checkpoint()))
                    .findFirst()
                    .map(b -> compare(b, gate))
                    .orElse(gate))
        .toList();
  }

  private static GateResult compare(GateResult before, GateResult now) {
    var left = new ArrayList<>(placed(before.findings()));
    var findings = new ArrayList<Finding>();
    for (var finding : now.findings()) {
      if (finding.file() == null) {
        findings.add(finding);
        continue;
      }
      var same = nearest(left, finding);
      same.ifPresent(left::remove);
      // One that is new beside so many that not all are kept may have been there.
      findings.add(
          same.isPresent()
              ? finding.aged(FindingAge.STILL)
              : isWhole(before) ? finding.aged(FindingAge.NEW) : finding);
    }
    return new GateResult(
        now.gate(),
        now.checkpoint(),
        now.outcome(),
        now.summary(),
        List.copyOf(findings),
        now.seconds(),
        left.stream().filter(f -> isGone(f, now)).toList());
  }

  private static List<Finding> placed(List<Finding> findings) {
    return findings.stream()
        .filter(f -> f.file() != null)
        .map(f -> new Finding(f.file(), f.line(), f.message()))
        .toList();
  }

  private static Optional<Finding> nearest(List<Finding> among, Finding wanted) {
    return among.stream()
        .filter(f -> wanted.file().equals(f.file()) && words(wanted).equals(words(f)))
        .min(Comparator.comparingInt(f -> Math.abs(f.line() - wanted.line())));
  }

  private static String words(Finding finding) {
    return NUMBER.matcher(finding.message()).replaceAll("#");
  }

  private static boolean isWhole(GateResult gate) {
    return gate.findings().size() < Checkpoint.FINDINGS;
  }

  /**
   * What fails may have ended early: then it says nothing of a file that it does not name again.
   */
  private static boolean isGone(Finding before, GateResult now) {
    return isWhole(now)
        && (now.outcome() != Outcome.FAILED
            || now.findings().stream().anyMatch(f -> before.file().equals(f.file())));
  }
}
