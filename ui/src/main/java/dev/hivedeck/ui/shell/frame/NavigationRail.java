package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutRegistration;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.notice.AttentionElsewhere;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The way to every screen, each with what it counts. */
final class NavigationRail extends VBox {
  private static final PseudoClass CHOSEN = PseudoClass.getPseudoClass("chosen");
  private static final double WIDE = 196;
  private static final double NARROW = 58;

  private final Texts texts;
  private final Settings settings;
  private final Map<ScreenId, Entry> entries = new HashMap<>();
  private final Button fold;
  private final List<Label> headings = new ArrayList<>();
  private boolean wanted;
  private boolean tight;
  private double scale = 1;
  private boolean folded;

  NavigationRail(ScreenContext context, List<ScreenId> places) {
    super(2);
    this.texts = context.texts();
    this.settings = context.settings();
    getStyleClass().add("rail");
    ScreenId.Group group = null;
    for (var screen : places) {
      if (screen.group() == ScreenId.Group.UNLISTED) {
        continue;
      }
      if (screen.group() != group) {
        group = screen.group();
        if (group == ScreenId.Group.END) {
          getChildren().add(Widgets.spacer());
        } else if (group != ScreenId.Group.NOW) {
          var heading = Widgets.label(texts.word("rail", group), "rail-heading");
          headings.add(heading);
          getChildren().add(heading);
        }
      }
      var entry = new Entry(screen, context.go());
      entries.put(screen, entry);
      getChildren().add(entry);
    }
    fold = Widgets.icon(Icon.COLLAPSE, texts.text("action.rail"), () -> fold(!wanted), "flat");
    getChildren().add(fold);
    fold(settings.flag("rail.folded", false));
  }

  void choose(ScreenId screen) {
    entries.forEach((p, e) -> e.pseudoClassStateChanged(CHOSEN, p == screen));
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

  void show(LiveModel live, AttentionCounts attentionCounts, AttentionElsewhere elsewhere) {
    int decisions = attentionCounts.decisions() + elsewhere.decisions();
    badge(ScreenId.DECISIONS, decisions, decisions > 0 ? Tone.AMBER : Tone.NEUTRAL);
    long open = 0;
    long done = 0;
    long counted = 0;
    for (var t : live.tasks().all()) {
      if (t.state() == TaskViews.TaskState.CANCELLED) {
        continue;
      }
      counted++;
      if (t.state() == TaskViews.TaskState.DONE) {
        done++;
      } else {
        open++;
      }
    }
    badge(ScreenId.TASKS, open, attentionCounts.dead().isEmpty() ? Tone.NEUTRAL : Tone.RED);
    entry(ScreenId.PLAN, counted == 0 ? "" : texts.percent((double) done / counted), Tone.NEUTRAL);
    badge(
        ScreenId.AGENTS,
        live.agents().size(),
        attentionCounts.failing().isEmpty() ? Tone.NEUTRAL : Tone.RED);
    var changes = live.changes().all().stream().filter(NavigationRail::isOpen).count();
    badge(
        ScreenId.CHANGES,
        changes,
        !attentionCounts.stuck().isEmpty()
            ? Tone.RED
            : attentionCounts.reviews().isEmpty() ? Tone.NEUTRAL : Tone.AMBER);
    badge(
        ScreenId.SLOS,
        attentionCounts.burning().size() + attentionCounts.firing().size(),
        Tone.RED);
    live.things(RolloutRegistration.ROLLOUT, Rollout.class).all().stream()
        .filter(r -> !r.state().isOver())
        .max(Comparator.comparing(NavigationRail::isAsked).thenComparing(Rollout::startedAt))
        .ifPresentOrElse(
            r ->
                entry(
                    ScreenId.ROLLOUTS,
                    texts.text("rollout.percent", r.weight()),
                    isAsked(r) ? Tone.AMBER : Tone.TEAL),
            () -> entry(ScreenId.ROLLOUTS, "", Tone.NEUTRAL));
    badge(
        ScreenId.SERVICES,
        live.things(ServiceRegistration.SERVICE, Service.class).all().stream()
            .filter(NavigationRail::isDown)
            .count(),
        Tone.RED);
    badge(
        ScreenId.LESSONS,
        live.lessons().all().stream().filter(NavigationRail::isNew).count(),
        Tone.NEUTRAL);
    badge(ScreenId.SETTINGS, attentionCounts.drift() + attentionCounts.problems(), Tone.RED);
  }

  private static boolean isNew(LessonViews.Lesson l) {
    return l.state() == LessonViews.LessonState.NEW && l.seen() > 1;
  }

  /** Whether a person has to say how it goes on. */
  private static boolean isAsked(Rollout r) {
    return r.held() != null && r.held() != HoldReason.PERSON;
  }

  private static boolean isDown(Service s) {
    return s.state() == ServiceState.FAILED
        || s.state() == ServiceState.BACKING_OFF
        || s.state() == ServiceState.UNHEALTHY;
  }

  private static boolean isOpen(ChangeViews.Change c) {
    return c.state() != ChangeViews.ChangeState.MERGED
        && c.state() != ChangeViews.ChangeState.CLOSED;
  }

  private void badge(ScreenId screen, long count, Tone tone) {
    entry(screen, count == 0 ? "" : texts.count(count), tone);
  }

  private void entry(ScreenId screen, String text, Tone tone) {
    var entry = entries.get(screen);
    if (entry != null) {
      entry.badge(text, tone);
    }
  }

  private final class Entry extends Button {
    private final String title;
    private final Label name;
    private final Label badge = new Label();

    Entry(ScreenId screen, Navigator go) {
      title = texts.text(screen.key());
      name = new Label(title);
      getStyleClass().add("rail-entry");
      badge.getStyleClass().add("badge");
      badge.setMinWidth(Region.USE_PREF_SIZE);
      var icon = screen.icon().node();
      icon.getStyleClass().add("rail-icon");
      var holder = new HBox(icon);
      holder.setAlignment(javafx.geometry.Pos.CENTER);
      holder.setMinWidth(20);
      var box = Widgets.row(8, holder, Widgets.grow(name), badge);
      box.prefWidthProperty().bind(widthProperty().subtract(20));
      setGraphic(box);
      setMaxWidth(Double.MAX_VALUE);
      setOnAction(_ -> go.to(screen));
      setAccessibleText(title);
      setTooltip(Widgets.tooltip(texts.text("rail.tip", title, String.valueOf(screen.letter()))));
      badge("", Tone.NEUTRAL);
    }

    void badge(String text, Tone tone) {
      Widgets.show(badge, !text.isEmpty() && !folded);
      if (!text.equals(badge.getText())) {
        badge.setText(text);
        setAccessibleText(text.isEmpty() ? title : title + ", " + text);
      }
      tone.on(badge);
    }

    void fold(boolean fold) {
      Widgets.show(name, !fold);
      Widgets.show(badge, !fold && !badge.getText().isEmpty());
    }
  }
}
