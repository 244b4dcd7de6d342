package dev.hivedeck.ui.control.log;

import atlantafx.base.controls.CustomTextField;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javafx.animation.Animation;
import javafx.animation.PauseTransition;
import javafx.beans.property.BooleanProperty;
import javafx.scene.control.Button;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/** What of a log is shown: by kind, by letters, or word for word. */
final class LogBar extends VBox {
  /** The kinds in the order in which they are offered. */
  private static final List<String> KINDS =
      List.of(
          "say", "think", "plan", "read", "edit", "run", "tool", "ask", "gate", "retry", "hive",
          "err", "out", "in", "raw", "spend");

  private static final Duration CALM = Duration.millis(400);

  private final Texts texts;
  private final ActView face;
  private final FilterBar<String> kinds;
  private final CustomTextField letters = new CustomTextField();
  private final ToggleButton raw;
  private final Button earlier;
  private final PauseTransition calm = new PauseTransition(CALM);
  private Supplier<Map<String, Long>> count = Map::of;
  private Map<String, Long> counts = Map.of();

  /**
   * @param changed told when something else is wanted
   * @param earlier fetches more to look through
   * @param copy copies what is shown
   */
  LogBar(Texts texts, Runnable changed, Runnable earlier, Runnable copy) {
    this.texts = texts;
    this.face = new ActView(texts);
    getStyleClass().add("log-bar");
    setSpacing(6);
    kinds = new FilterBar<>(texts);
    kinds.getStyleClass().add("log-kinds");
    kinds.chosenProperty().subscribe(changed);
    letters.setPromptText(texts.text("log.search"));
    letters.setAccessibleText(texts.text("log.search"));
    letters.setLeft(Icon.SEARCH.node());
    letters.textProperty().subscribe(changed);
    letters.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.BACK.pressed(e)) {
            letters.clear(); // And the field is left.
          }
        });
    raw = Widgets.name(new ToggleButton(texts.text("log.raw")), texts.text("log.raw.more"));
    raw.setGraphic(Icon.RAW.node());
    raw.getStyleClass().add("chip");
    raw.setMinWidth(USE_PREF_SIZE);
    this.earlier = Widgets.link(texts.text("log.earlier"), earlier);
    var copies = Widgets.icon(Icon.COPY, texts.text("log.copy"), copy, "flat");
    getChildren().setAll(Widgets.row(8, Widgets.grow(letters), this.earlier, raw, copies), kinds);
    Widgets.show(this.earlier, false);
    calm.setOnFinished(_ -> kinds());
  }

  BooleanProperty raw() {
    return raw.selectedProperty();
  }

  /** Whether less than all is wanted. */
  boolean picky() {
    return kinds.chosen() != null || !letters.getText().isBlank();
  }

  Predicate<LogEntry> wanted() {
    String kind = kinds.chosen();
    String typed = letters.getText().strip().toLowerCase(Locale.ROOT);
    return entry ->
        (kind == null || kind.equals(entry.kind())) && (typed.isEmpty() || entry.has(typed));
  }

  /** Wants everything again. */
  void clear() {
    letters.clear();
    kinds.choose(null);
  }

  /**
   * Shows how many there are of each kind, not more often than one can read.
   *
   * @param more whether there is more to look through than is here
   */
  void show(Supplier<Map<String, Long>> now, boolean more) {
    Widgets.show(earlier, more && picky());
    count = now;
    if (counts.isEmpty()) {
      kinds();
    } else if (calm.getStatus() != Animation.Status.RUNNING) {
      calm.playFromStart();
    }
  }

  private void kinds() {
    counts = count.get();
    var pills = new ArrayList<FilterBar.Pill<String>>();
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    pills.add(new FilterBar.Pill<>(null, texts.text("filter.all"), all));
    for (String kind : KINDS) {
      if (counts.containsKey(kind)) {
        pills.add(new FilterBar.Pill<>(kind, face.word(kind), counts.get(kind)));
      }
    }
    if (kinds.chosen() != null && !counts.containsKey(kinds.chosen())) {
      pills.add(new FilterBar.Pill<>(kinds.chosen(), face.word(kinds.chosen()), 0));
    }
    kinds.show(pills);
    Widgets.show(kinds, counts.size() > 1 || kinds.chosen() != null);
  }
}
