package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.live.Live;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.notice.Attention;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The way to every screen, each with what it counts. */
final class Rail extends VBox {
  private static final PseudoClass CHOSEN = PseudoClass.getPseudoClass("chosen");
  private static final double WIDE = 196;
  private static final double NARROW = 58;

  private final Texts texts;
  private final Settings settings;
  private final Map<Place, Entry> entries = new EnumMap<>(Place.class);
  private final Button fold;
  private final List<Label> headings = new ArrayList<>();
  private boolean wanted;
  private boolean tight;
  private double scale = 1;
  private boolean folded;

  Rail(Desk desk, List<Place> places) {
    super(2);
    this.texts = desk.texts();
    this.settings = desk.settings();
    getStyleClass().add("rail");
    Place.Group group = null;
    for (var place : places) {
      if (place.group() != group) {
        group = place.group();
        if (group == Place.Group.END) {
          getChildren().add(Parts.spacer());
        } else if (group != Place.Group.NOW) {
          var heading = Parts.label(texts.word("rail", group), "rail-heading");
          headings.add(heading);
          getChildren().add(heading);
        }
      }
      var entry = new Entry(place, desk.go());
      entries.put(place, entry);
      getChildren().add(entry);
    }
    fold = Parts.icon(Icon.COLLAPSE, texts.text("action.rail"), () -> fold(!wanted), "flat");
    getChildren().add(fold);
    fold(settings.flag("rail.folded", false));
  }

  void choose(Place place) {
    entries.forEach((p, e) -> e.pseudoClassStateChanged(CHOSEN, p == place));
  }

  void fold(boolean fold) {
    wanted = fold;
    settings.put("rail.folded", fold);
    fit(tight, scale);
  }

  /** Folds where there is no room, whatever is wanted, and grows with the text. */
  void fit(boolean tight, double scale) {
    this.tight = tight;
    this.scale = scale;
    folded = wanted || tight;
    var width = folded ? NARROW : WIDE * scale;
    setMinWidth(width);
    setPrefWidth(width);
    setMaxWidth(width);
    entries.values().forEach(e -> e.fold(folded));
    headings.forEach(h -> h.setVisible(!folded));
    fold.setDisable(tight);
  }

  boolean folded() {
    return folded;
  }

  void show(Live live, Attention attention) {
    badge(
        Place.DECISIONS,
        attention.decisions(),
        attention.decisions() > 0 ? Tone.AMBER : Tone.NEUTRAL);
    long open = 0;
    long done = 0;
    long counted = 0;
    for (var t : live.tasks().all()) {
      if (t.state() == Views.TaskState.CANCELLED) {
        continue;
      }
      counted++;
      if (t.state() == Views.TaskState.DONE) {
        done++;
      } else {
        open++;
      }
    }
    badge(Place.TASKS, open, attention.dead().isEmpty() ? Tone.NEUTRAL : Tone.RED);
    entry(Place.PLAN, counted == 0 ? "" : texts.percent((double) done / counted), Tone.NEUTRAL);
    badge(
        Place.AGENTS,
        live.agents().size(),
        attention.failing().isEmpty() ? Tone.NEUTRAL : Tone.RED);
    var changes = live.changes().all().stream().filter(Rail::isOpen).count();
    badge(
        Place.CHANGES,
        changes,
        !attention.stuck().isEmpty()
            ? Tone.RED
            : attention.reviews().isEmpty() ? Tone.NEUTRAL : Tone.AMBER);
    badge(Place.SLOS, attention.burning().size(), Tone.RED);
    badge(Place.LESSONS, live.lessons().all().stream().filter(Rail::isNew).count(), Tone.NEUTRAL);
    badge(Place.SETTINGS, attention.drift() + attention.problems(), Tone.RED);
  }

  private static boolean isNew(Views.Lesson l) {
    return l.state() == Views.LessonState.NEW && l.seen() > 1;
  }

  private static boolean isOpen(Views.Change c) {
    return c.state() != Views.ChangeState.MERGED && c.state() != Views.ChangeState.CLOSED;
  }

  private void badge(Place place, long count, Tone tone) {
    entry(place, count == 0 ? "" : texts.count(count), tone);
  }

  private void entry(Place place, String text, Tone tone) {
    var entry = entries.get(place);
    if (entry != null) {
      entry.badge(text, tone);
    }
  }

  private final class Entry extends Button {
    private final String title;
    private final Label name;
    private final Label badge = new Label();

    Entry(Place place, Navigator go) {
      title = texts.text(place.key());
      name = new Label(title);
      getStyleClass().add("rail-entry");
      badge.getStyleClass().add("badge");
      badge.setMinWidth(Region.USE_PREF_SIZE);
      var icon = place.icon().node();
      icon.getStyleClass().add("rail-icon");
      var holder = new HBox(icon);
      holder.setAlignment(javafx.geometry.Pos.CENTER);
      holder.setMinWidth(20);
      var box = Parts.row(8, holder, Parts.grow(name), badge);
      box.prefWidthProperty().bind(widthProperty().subtract(20));
      setGraphic(box);
      setMaxWidth(Double.MAX_VALUE);
      setOnAction(_ -> go.to(place));
      setAccessibleText(title);
      setTooltip(Parts.tooltip(texts.text("rail.tip", title, String.valueOf(place.letter()))));
      badge("", Tone.NEUTRAL);
    }

    void badge(String text, Tone tone) {
      Parts.show(badge, !text.isEmpty() && !folded);
      if (!text.equals(badge.getText())) {
        badge.setText(text);
        setAccessibleText(text.isEmpty() ? title : title + ", " + text);
      }
      tone.on(badge);
    }

    void fold(boolean fold) {
      Parts.show(name, !fold);
      Parts.show(badge, !fold && !badge.getText().isEmpty());
    }
  }
}
