package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.Set;

/** What helped, in a sentence, for the lessons of what failed before. */
final class Remedy {
  private Remedy() {}

  /** What was different this time: what people said meanwhile, what the agent did. */
  static String of(Tx tx, VerifiedWorkHandler.Work work) throws SQLException {
    var people = Set.of("said", "review", "answer");
    String heard =
        TaskLedger.get(tx.sql(), work.task()).context().stream()
            .filter(c -> people.contains(c.kind()))
            .reduce((first, second) -> second)
            .map(c -> "you: " + brief(c.text()) + " – ")
            .orElse("");
    String did = work.summary() == null ? work.title() : work.summary();
    return "%s%s: %s (+%d −%d in %d %s)"
        .formatted(
            heard,
            work.agent(),
            brief(did),
            work.additions(),
            work.deletions(),
            work.files(),
            work.files() == 1 ? "file" : "files");
  }

  private static String brief(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > 160 ? line.substring(0, 160) + "…" : line;
  }
}
