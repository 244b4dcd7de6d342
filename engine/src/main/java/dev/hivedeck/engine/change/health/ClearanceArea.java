package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Cleared;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;

/** Registers what people let be that speaks against changes. */
public final class ClearanceArea {
  /** A reason that is longer is none. */
  private static final int LONGEST = 2_000;

  /** So much a reader takes in of one section. */
  private static final int LONGEST_SECTION = 8_000;

  private ClearanceArea() {}

  /** Where changes are kept. */
  public interface Changes {
    /**
     * @throws HiveException {@code no-change}
     */
    ChangeViews.Change view(Sql sql, String id) throws SQLException;

    void cleared(Tx tx, String id, String text) throws SQLException;

    void described(Tx tx, String id, String text) throws SQLException;
  }

  public static Area of(Changes changes) {
    return Area.named("health")
        .commands(
            HealthCommand.class,
            command ->
                switch (command) {
                  case HealthCommand.Clear c -> Action.answer(tx -> clear(tx, changes, c));
                  case HealthCommand.Unclear c -> Action.answer(tx -> unclear(tx, changes, c));
                  case HealthCommand.Describe c -> Action.answer(tx -> describe(tx, changes, c));
                })
        .build();
  }

  private static ChangeViews.Change clear(Tx tx, Changes changes, HealthCommand.Clear c)
      throws SQLException {
    var change = open(changes.view(tx.sql(), c.id()));
    String because = c.because() == null ? "" : c.because().strip();
    var obstacle = find(change, c.code());
    String instead = Clearance.whyNot(obstacle);
    if (instead != null) {
      throw new HiveException(
          ErrorCode.NOT_CLEARABLE,
          "Nobody lets be what is so: %s.".formatted(obstacle.text()),
          instead);
    }
    if (because.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "Without a reason nobody knows later why #%d was let be.".formatted(change.number()),
          "Say why it may be merged all the same.");
    }
    if (because.length() > LONGEST) {
      throw new HiveException(
          ErrorCode.TOO_LARGE,
          "The reason has %s characters.".formatted(Plural.number(because.length())),
          "Say it in " + Plural.number(LONGEST) + "; what is longer is a comment.");
    }
    ClearanceLedger.put(
        tx,
        change.number(),
        new Clearance(
            obstacle.code(),
            change.head(),
            obstacle.text(),
            new Cleared(View.YOU, because, tx.now())));
    changes.cleared(
        tx, change.id(), "let be on #%d: %s".formatted(change.number(), obstacle.text()));
    return changes.view(tx.sql(), change.id());
  }

  private static ChangeViews.Change unclear(Tx tx, Changes changes, HealthCommand.Unclear c)
      throws SQLException {
    var change = open(changes.view(tx.sql(), c.id()));
    var obstacle = find(change, c.code());
    if (obstacle.cleared() == null) {
      throw new HiveException(
          ErrorCode.NOT_CLEARED,
          "#%d: %s was not cleared.".formatted(change.number(), obstacle.code()),
          "hivedeck change show %s tells what was.".formatted(change.id()));
    }
    ClearanceLedger.remove(tx, change.number(), obstacle.code());
    changes.cleared(
        tx,
        change.id(),
        "speaks against #%d again: %s".formatted(change.number(), obstacle.text()));
    return changes.view(tx.sql(), change.id());
  }

  private static ChangeViews.Change describe(Tx tx, Changes changes, HealthCommand.Describe c)
      throws SQLException {
    var change = changes.view(tx.sql(), c.id());
    String text = c.text() == null ? "" : c.text().strip();
    if (c.section() == null) {
      throw new HiveException(
          ErrorCode.NO_TEXT,
          "The description of #%d has sections, and none is named.".formatted(change.number()),
          "Name one of what, why, risk, rollback, metrics and tests.");
    }
    if (text.length() > LONGEST_SECTION) {
      throw new HiveException(
          ErrorCode.TOO_LARGE,
          "The section has %s characters.".formatted(Plural.number(text.length())),
          "Say it in " + Plural.number(LONGEST_SECTION) + "; what is longer nobody reads.");
    }
    DescriptionLedger.put(tx, change.number(), c.section(), text, View.YOU);
    changes.described(
        tx, change.id(), "%s of #%d is said".formatted(c.section().word(), change.number()));
    return changes.view(tx.sql(), change.id());
  }

  private static ChangeViews.Change open(ChangeViews.Change change) {
    if (change.state().over()) {
      throw new HiveException(
          ErrorCode.CHANGE_OVER,
          "#%d is %s.".formatted(change.number(), change.state().word()),
          "Only what speaks against an open change is let be.");
    }
    return change;
  }

  private static Obstacle find(ChangeViews.Change change, String code) {
    var all = change.verdict() == null ? List.<Obstacle>of() : change.verdict().obstacles();
    return all.stream()
        .filter(o -> o.code().equals(code))
        .findFirst()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_OBSTACLE,
                    "Nothing called %s speaks against #%d.".formatted(code, change.number()),
                    all.isEmpty()
                        ? "Nothing speaks against it at all."
                        : "There is "
                            + Plural.some(all.stream().map(Obstacle::code).toList(), 12)
                            + "."));
  }
}
