package dev.hivedeck.engine.figure;

import dev.hivedeck.engine.figure.FigureReader.Taker;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews.ChangeHolders;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figure;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRow;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRows;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figures;
import dev.hivedeck.engine.protocol.figure.FigureViews.HeldTime;
import dev.hivedeck.engine.protocol.figure.FigureViews.Twelfth;
import dev.hivedeck.engine.protocol.figure.FigureViews.Unit;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Counts figures, and lists what each of them counts. */
final class FigureAnswers {
  private static final int DAYS = 30;
  private static final int MOST_DAYS = 365;
  private static final int ROWS = 100;
  private static final int MOST_ROWS = 1_000;
  private static final int TWELFTHS = 12;

  private FigureAnswers() {}

  /**
   * @throws HiveException {@code bad-number} for days that cannot be
   */
  static Figures figures(Sql sql, FigureQuery.Figures query, Instant now) throws SQLException {
    return figures(sql, query, now, new MergedHistory(0));
  }

  /**
   * The same, with what is known from earlier answers.
   *
   * @throws HiveException {@code bad-number} for days that cannot be
   */
  static Figures figures(Sql sql, FigureQuery.Figures query, Instant now, MergedHistory history)
      throws SQLException {
    int days = days(query.days());
    var length = Duration.ofDays(days);
    Instant from = now.minus(length);
    Instant earlier = from.minus(length);
    var reader = new FigureReader(sql, earlier, now);
    Instant audited = reader.audited();
    var current = new FigureSums(from, now, audited, now);
    var before = new FigureSums(earlier, from, audited, now);
    var all = new ArrayList<FigureSums>(List.of(current, before));
    for (int i = 0; i < TWELFTHS; i++) {
      all.add(
          new FigureSums(
              from.plus(length.multipliedBy(i).dividedBy(TWELFTHS)),
              from.plus(length.multipliedBy(i + 1L).dividedBy(TWELFTHS)),
              audited,
              now));
    }
    reader.merged(history, change -> all.forEach(sums -> sums.merged(change)));
    reader.reviews(
        wait ->
            all.forEach(
                sums -> sums.reviewed(Duration.between(wait.began(), wait.ended()), wait.ended())));
    reader.commands(sent -> all.forEach(sums -> sums.command(sent.took(), sent.at())));
    reader.work(work -> all.forEach(sums -> sums.worked(work.began(), work.ended())));
    var twelfths = all.subList(2, all.size());
    return new Figures(
        from,
        now,
        days,
        Arrays.stream(FigureKind.values())
            .map(kind -> figure(kind, current, before, twelfths))
            .toList());
  }

  private static Figure figure(
      FigureKind kind, FigureSums current, FigureSums before, List<FigureSums> twelfths) {
    var trend = twelfths.stream().map(sums -> new Twelfth(sums.from(), sums.value(kind))).toList();
    return new Figure(
        kind.word(),
        kind.title(),
        kind.definition(),
        kind.unit(),
        kind.moreIsBetter(),
        current.value(kind),
        current.upper(kind),
        current.counted(kind),
        current.of(kind),
        current.unknown(kind),
        before.value(kind),
        trend,
        current.value(kind) == null ? kind.missing() : "");
  }

  /**
   * @throws HiveException {@code no-figure}, or {@code bad-number} for days or a limit that cannot
   *     be
   */
  static FigureRows rows(Sql sql, FigureQuery.Rows query, Instant now) throws SQLException {
    var kind =
        query.figure() == null ? FigureKind.WITHOUT_REWORK : FigureKind.named(query.figure());
    if (query.limit() < 0) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER, "limit is " + query.limit() + ".", "Write 1 or more.");
    }
    Instant from = now.minus(Duration.ofDays(days(query.days())));
    var kept = new Kept(kind, query.limit() == 0 ? ROWS : Math.min(query.limit(), MOST_ROWS));
    var reader = new FigureReader(sql, from, now);
    switch (kind) {
      case REVIEW_WAIT ->
          reader.reviews(
              wait ->
                  kept.take(
                      new FigureRow(
                          "C-" + wait.number(),
                          wait.title(),
                          wait.ended(),
                          true,
                          Duration.between(wait.began(), wait.ended()).toMillis() / 1e3,
                          "")));
      case AUTONOMY, ATTENTION ->
          reader.commands(
              sent ->
                  kept.take(
                      new FigureRow(
                          sent.about() != null && sent.about().matches("C-\\d+")
                              ? sent.about()
                              : null,
                          sent.command() + (sent.about() == null ? "" : " " + sent.about()),
                          sent.at(),
                          true,
                          kind == FigureKind.ATTENTION ? sent.took().toMillis() / 60e3 : null,
                          "")));
      case RECOVERY_TIME ->
          reader.merged(
              change -> {
                if (change.reverted() != null && change.reverted().merged().isAfter(from)) {
                  kept.take(row(kind, change));
                }
              });
      default ->
          reader.merged(
              change -> {
                boolean known = kind != FigureKind.WITHOUT_REWORK || change.settled(now);
                if (change.merged().isAfter(from) && known) {
                  kept.take(row(kind, change));
                }
              });
    }
    return new FigureRows(kind.word(), kind.definition(), kept.total, kept.rows());
  }

  /**
   * @throws HiveException {@code no-change}
   */
  static ChangeHolders holders(Sql sql, FigureQuery.Holders query, Instant now)
      throws SQLException {
    String digits = query.id() == null ? "" : query.id().replaceFirst("^(C-|#)", "");
    if (!digits.matches("\\d{1,9}")
        || sql.number("SELECT count(*) FROM change WHERE number = ?", Long.parseLong(digits))
            == 0) {
      throw new HiveException(
          ErrorCode.NO_CHANGE,
          "There is no change " + query.id() + ".",
          "hivedeck changes lists those there are.");
    }
    var held = new EnumMap<Holder, Duration>(Holder.class);
    sql.each(
        "SELECT holder, began_at, ended_at FROM change_holder WHERE change = ?",
        row ->
            held.merge(
                row.word("holder", Holder.class),
                Duration.between(
                    row.instant("began_at"),
                    row.isNull("ended_at") ? now : row.instant("ended_at")),
                Duration::plus),
        Long.parseLong(digits));
    return new ChangeHolders(
        "C-" + digits,
        held.entrySet().stream()
            .map(e -> new HeldTime(e.getKey(), e.getValue().toMillis() / 1e3))
            .sorted(Comparator.comparingDouble(HeldTime::seconds).reversed())
            .toList());
  }

  private static FigureRow row(FigureKind kind, MergedChange change) {
    return new FigureRow(
        change.id(),
        change.title(),
        change.merged(),
        counts(kind, change),
        value(kind, change),
        note(kind, change));
  }

  private static boolean counts(FigureKind kind, MergedChange change) {
    return switch (kind) {
      case WITHOUT_REWORK -> !change.reworked();
      case FIRST_TRY -> change.firstTry();
      case SMALL -> change.small();
      case XP -> change.compliant();
      case CHANGE_FAIL_RATE -> change.reverted() != null;
      case REWORK_RATE -> change.reverts();
      case COST -> change.cost() != null;
      default -> true;
    };
  }

  private static @Nullable Double value(FigureKind kind, MergedChange change) {
    return switch (kind) {
      case LEAD_TIME -> change.leadTime().toMillis() / 1e3;
      case CHANGE_LEAD_TIME -> change.changeLeadTime().toMillis() / 1e3;
      case RECOVERY_TIME -> recovery(change).toMillis() / 1e3;
      case COST -> change.cost();
      default -> null;
    };
  }

  private static Duration recovery(MergedChange change) {
    return change.reverted() == null
        ? Duration.ZERO
        : Duration.between(change.merged(), change.reverted().merged());
  }

  private static String note(FigureKind kind, MergedChange change) {
    return switch (kind) {
      case WITHOUT_REWORK, CHANGE_FAIL_RATE, RECOVERY_TIME ->
          change.reverted() == null
              ? ""
              : "reverted after %s by #%d"
                  .formatted(spoken(recovery(change)), change.reverted().number());
      case FIRST_TRY -> change.firstTry() ? "" : Plural.of(change.tries(), "attempt");
      case SMALL ->
          change.small()
              ? Plural.of(change.lines(), "line")
              : "%s, at most %s wanted"
                  .formatted(Plural.of(change.lines(), "line"), Plural.number(change.wanted()));
      case XP -> String.join("; ", change.shortcomings());
      case REWORK_RATE -> change.reverts() ? "is a revert" : "";
      case COST -> change.cost() == null ? "not known" : "";
      default -> "";
    };
  }

  private static String spoken(Duration time) {
    return time.toDays() > 0
        ? Plural.of(time.toDays(), "day")
        : time.toHours() > 0
            ? Plural.of(time.toHours(), "hour")
            : Plural.of(time.toMinutes(), "minute");
  }

  private static int days(int asked) {
    if (asked < 0 || asked > MOST_DAYS) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER, "days is " + asked + ".", "Write 1 to " + MOST_DAYS + ".");
    }
    return asked == 0 ? DAYS : asked;
  }

  /** As many rows as are wanted, those that say the most. */
  private static final class Kept implements Taker<FigureRow> {
    private final int most;
    private final Comparator<FigureRow> order;
    private final PriorityQueue<FigureRow> rows;
    private long total;

    Kept(FigureKind kind, int most) {
      this.most = most;
      // What a good figure lacks, and what makes up a bad one, is what one looks for.
      boolean lacking = kind.moreIsBetter() || kind.unit() != Unit.SHARE;
      order =
          Comparator.<FigureRow>comparingInt(row -> row.counts() == lacking ? 1 : 0)
              .thenComparing(
                  FigureRow::value, Comparator.nullsLast(Comparator.<Double>reverseOrder()))
              .thenComparing(FigureRow::at, Comparator.reverseOrder());
      rows = new PriorityQueue<>(order.reversed());
    }

    @Override
    public void take(FigureRow row) {
      total++;
      rows.add(row);
      if (rows.size() > most) {
        rows.remove();
      }
    }

    List<FigureRow> rows() {
      return rows.stream().sorted(order).toList();
    }
  }
}
