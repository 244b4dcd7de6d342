package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.Discovery.Category;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Standing;
import dev.hivedeck.engine.protocol.Discovery.Trouble;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javafx.geometry.Pos;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** A line of what was found: a category, a definition in it, or a file that could not be read. */
final class DiscoveryCell extends ListCell<DiscoveryCell.Row> {
  /** What a line is about. */
  sealed interface Row {
    record Group(Category category, int count) implements Row {}

    record Item(Definition definition) implements Row {}

    record Unread(int count) implements Row {}

    record Bad(Trouble trouble) implements Row {}
  }

  private final Texts texts;
  private final Predicate<String> chosen;
  private final CheckBox box = new CheckBox();
  private final Label name = Widgets.label("", "strong");
  private final Label form = Widgets.tag("");
  private final Label standing = Widgets.tag("");
  private final Label role = Widgets.label("", "soft");
  private final Label reason = Widgets.label("", "muted");
  private final Label file = Widgets.label("", "mono", "muted");
  private final HBox item;
  private final Label heading = Widgets.label("", "card-title");
  private final HBox group = Widgets.row(8, heading);

  DiscoveryCell(Texts texts, Predicate<String> chosen, Consumer<String> toggle) {
    this.texts = texts;
    this.chosen = chosen;
    box.setFocusTraversable(false);
    box.setOnAction(
        _ -> {
          if (getItem() instanceof Row.Item(Definition d)) {
            toggle.accept(d.id());
          }
        });
    name.setMinWidth(USE_PREF_SIZE);
    file.setMinWidth(USE_PREF_SIZE);
    file.setMaxWidth(360);
    HBox.setHgrow(role, Priority.ALWAYS);
    HBox.setHgrow(reason, Priority.ALWAYS);
    reason.setMaxWidth(Double.MAX_VALUE);
    var lines =
        new VBox(1, Widgets.row(8, name, form, standing, role), Widgets.row(10, reason, file));
    lines.setMinWidth(0);
    lines.setAlignment(Pos.CENTER_LEFT);
    item = Widgets.row(10, box, Widgets.grow(lines));
    setPrefWidth(0);
  }

  @Override
  protected void updateItem(Row row, boolean empty) {
    super.updateItem(row, empty);
    setGraphic(
        switch (empty ? null : row) {
          case null -> null;
          case Row.Item(Definition d) -> item(d);
          case Row.Group(Category c, int count) ->
              group(texts.word("category", c), texts.count(count));
          case Row.Unread(int count) -> group(texts.text("find.unread"), texts.count(count));
          case Row.Bad(Trouble t) -> bad(t);
        });
    if (empty || row == null) {
      setAccessibleText(null);
    }
  }

  private HBox group(String words, String count) {
    heading.setText(words + "  " + count);
    setAccessibleText(words + ", " + count);
    return group;
  }

  private HBox item(Definition d) {
    boolean fresh = d.standing() == Standing.NEW;
    box.setVisible(fresh);
    box.setSelected(chosen.test(d.id()));
    box.setAccessibleText(d.name());
    name.setText(d.name());
    form.setText(texts.word("form", d.form()));
    standing.setText(fresh ? "" : texts.word("standing", d.standing()));
    Widgets.show(standing, !fresh);
    role.setText(d.role());
    reason.setText(
        d.note() == null
            ? texts.text("find.because", texts.said(d.reason()))
            : texts.text("find.because", texts.said(d.reason())) + " · " + texts.said(d.note()));
    file.setText(d.id());
    item.setOpacity(fresh ? 1 : 0.6);
    setAccessibleText(
        d.name()
            + ", "
            + (fresh
                ? texts.text(chosen.test(d.id()) ? "find.is-chosen" : "find.not-chosen")
                : texts.word("standing", d.standing()))
            + ", "
            + d.role()
            + ", "
            + reason.getText());
    return item;
  }

  private HBox bad(Trouble t) {
    var place = t.file() + (t.line() > 0 ? ":" + t.line() : "");
    var where = Widgets.label(place, "mono");
    where.setMinWidth(USE_PREF_SIZE);
    setAccessibleText(place + ": " + texts.said(t.text()) + ". " + texts.said(t.remedy()));
    return Widgets.row(
        10,
        Tone.AMBER.on(Icon.WARNED.node()),
        where,
        Widgets.label(texts.said(t.text()) + ". " + texts.said(t.remedy()), "soft"));
  }
}
