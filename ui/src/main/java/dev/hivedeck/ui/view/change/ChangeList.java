package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.ui.control.health.HealthBar;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.change.reading.ReadingEstimate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * Changes one below the other, each with what is next, under headings that say whose turn it is.
 */
final class ChangeList {
  /**
   * A change, and what stands above it where it is the first of its group.
   *
   * @param heading null for the others
   * @param age since when it is so
   * @param minutes how long reading it takes, in words; empty where nobody is to read it
   */
  record Row(Change change, ChangeGroup group, Heading heading, String age, String minutes) {
    String id() {
      return change.id();
    }
  }

  /**
   * @param note what is worth knowing of all of the group; empty for nothing
   */
  record Heading(String name, long count, String note) {}

  private final ScreenContext context;
  private final Texts texts;
  private final ReadingEstimate estimate;
  private final EntityTable<Row> table;

  /**
   * @param estimate of how long reading takes
   * @param renew runs when the pointer has left, so that what waits for that is sorted
   * @param enter goes on into the chosen one
   */
  ChangeList(ScreenContext context, ReadingEstimate estimate, Runnable renew, Runnable enter) {
    this.context = context;
    this.estimate = estimate;
    this.texts = context.texts();
    table =
        new EntityTable<Row>(context, texts.text("place.changes"), Row::id, renew)
            .tall()
            .column(
                texts.text("col.change"),
                260,
                120,
                0,
                null,
                CellContent.of(Cell::new, (cell, row) -> cell.show(row)))
            .onOpen(enter);
    table.getStyleClass().addAll("headless", "change-list");
    menu().on(table, () -> table.selected().stream().map(Row::change).toList());
  }

  EntityTable<Row> table() {
    return table;
  }

  /** Shows these, which all belong to the tab. */
  void show(ChangesTab tab, List<Change> wanted) {
    var now = context.live().now().get();
    var byGroup = Comparator.comparing(Row::group);
    var order = byGroup.thenComparing(Row::change, ChangeGroup.natural(tab));
    var rows = new ArrayList<Row>();
    for (var change : wanted) {
      var since = change.mergedAt() == null ? change.updatedAt() : change.mergedAt();
      rows.add(
          new Row(
              change,
              ChangeGroup.of(change, now, texts.zone()),
              null,
              texts.roughly(Duration.between(since, now)),
              minutes(change)));
    }
    rows.sort(byGroup.thenComparing(table.order(order)));
    table.renew(headed(rows, now));
  }

  private List<Row> headed(List<Row> rows, Instant now) {
    var counts = new HashMap<ChangeGroup, Long>();
    rows.forEach(r -> counts.merge(r.group(), 1L, Long::sum));
    var headed = new ArrayList<Row>();
    ChangeGroup above = null;
    for (var row : rows) {
      boolean first = row.group() != above;
      above = row.group();
      headed.add(
          first
              ? new Row(
                  row.change(),
                  row.group(),
                  new Heading(
                      texts.text("changes.group." + row.group().name().toLowerCase(Locale.ROOT)),
                      counts.get(row.group()),
                      row.group() == ChangeGroup.YOU ? oldest(rows, now) : ""),
                  row.age(),
                  row.minutes())
              : row);
    }
    return headed;
  }

  private String minutes(Change change) {
    if (change.state() != ChangeState.OPEN || change.review() != ReviewState.WANTED) {
      return "";
    }
    var minutes = estimate.minutes(List.of(change));
    return minutes.isPresent() ? texts.text("reading.minutes.short", minutes.getAsInt()) : "";
  }

  private String oldest(List<Row> rows, Instant now) {
    return rows.stream()
        .filter(r -> r.group() == ChangeGroup.YOU)
        .map(r -> r.change().updatedAt())
        .min(Comparator.naturalOrder())
        .map(t -> texts.text("changes.oldest", texts.roughly(Duration.between(t, now))))
        .orElse("");
  }

  private EntityMenu<Change> menu() {
    return new EntityMenu<Change>(context)
        .send(
            Icon.CHECK,
            "change.approve",
            c -> c.state() == ChangeState.OPEN,
            c -> new Command.ApproveChange(c.id(), null, c.head()),
            null)
        .send(
            Icon.RETRY,
            "change.again",
            c -> c.state() == ChangeState.CONFLICTED || c.state() == ChangeState.BLOCKED,
            c -> new Command.MergeChange(c.id(), c.head()),
            null)
        .line()
        .copy("menu.copy.id", c -> "#" + c.number())
        .copy("menu.copy.branch", Change::branch)
        .folder(Change::attempt)
        .preview(c -> c.state().over() ? null : c.id())
        .line()
        .ask(
            Icon.RETURN,
            "changes.revert",
            c -> c.state() == ChangeState.MERGED && c.merge() != null,
            c -> new MergeCommand.Revert(c.id(), null),
            "change.revert.verb")
        .ask(
            Icon.CANCEL,
            "changes.close",
            c ->
                c.state() != ChangeState.MERGED
                    && c.state() != ChangeState.MERGING
                    && c.state() != ChangeState.CLOSED,
            c -> new Command.CloseChange(c.id(), null),
            "change.close.verb");
  }

  static String lines(Texts texts, Change change) {
    return "+" + texts.count(change.additions()) + " −" + texts.count(change.deletions());
  }

  /** What is next with it; with what is over, how it ended. */
  private String next(Change change) {
    return switch (change.state()) {
      case MERGED ->
          change.merge() == null
              ? texts.word("change.state", change.state())
              : texts.text(
                  "change.merged.as",
                  change.merge().substring(0, Math.min(8, change.merge().length())));
      case CLOSED ->
          change.reason() == null
              ? texts.word("change.state", change.state())
              : texts.said(change.reason());
      case DRAFT, OPEN, QUEUED, MERGING, CONFLICTED, BLOCKED ->
          change.verdict() == null
              ? texts.word("change.state", change.state())
              : texts.said(change.verdict().text());
    };
  }

  /** Where it stands in its stack; empty where it is alone. */
  private String place(Change change) {
    var stack = change.stack();
    return stack == null || stack.members().isEmpty()
        ? ""
        : " · " + texts.text("stack.place", stack.place(change.id()), stack.members().size());
  }

  private final class Cell extends VBox {
    private final Label group = Widgets.label("", "strong");
    private final Label count = Widgets.label("", "soft");
    private final Label note = Widgets.label("", "muted");
    private final Region heading =
        Widgets.row(6, group, count, Widgets.grow(Widgets.label("")), note);
    private final Label title = Widgets.label("", "strong");
    private final Label health = Widgets.label("", "mono", "strong");
    private final Label number = Widgets.label("", "mono", "soft");
    private final FontIcon icon = Icon.CHANGE.node();
    private final Label next = Widgets.label("");
    private final Label age = Widgets.label("", "muted");

    Cell() {
      heading.getStyleClass().add("list-heading");
      for (var whole : List.of(group, count, health, number, age)) {
        whole.setMinWidth(Region.USE_PREF_SIZE);
      }
      var body =
          new VBox(
              1,
              Widgets.row(6, Widgets.grow(title), health),
              Widgets.row(6, number, icon, Widgets.grow(next), age));
      body.getStyleClass().add("list-body");
      getChildren().setAll(heading, body);
    }

    void show(Row row) {
      var change = row.change();
      Widgets.show(heading, row.heading() != null);
      if (row.heading() != null) {
        group.setText(row.heading().name());
        count.setText(texts.count(row.heading().count()));
        note.setText(row.heading().note());
      }
      title.setText(change.title());
      health.setText(Integer.toString(change.health()));
      boolean over = ChangesTab.of(change.state()) != ChangesTab.OPEN;
      Widgets.show(health, !over);
      HealthBar.tone(change.health()).on(health);
      number.setText("#" + change.number() + place(change));
      Tone tone = row.group().tone(change);
      row.group().icon(change).on(icon);
      tone.on(icon);
      next.setText(
          ChangeList.this.next(change) + (row.minutes().isEmpty() ? "" : ", " + row.minutes()));
      tone.on(next);
      age.setText(row.age());
      setAccessibleText("#" + change.number() + " " + change.title() + ", " + next.getText());
    }
  }
}
