package dev.hivedeck.ui.view.rollout.flag;

import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.flag.FlagCommand;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** One flag: who gets what, by whom, what was reported of it, and what was done with it. */
final class FlagInspector extends StackPane {
  private static final int SHOWN = 12;

  private final ScreenContext context;
  private final Texts texts;
  private final FlagWords words;
  private final FlagFeed feed;
  private final ErrorBoundary boundary;
  private final Label title = Widgets.heading("", "inspector-title");
  private final Label state = Widgets.label("", "strong");
  private final Label about = Widgets.prose("", "soft");
  private final Button kill;
  private final Button restore;
  private final Button expose;
  private final FlagShares shares;
  private final Label steered = Widgets.prose("", "muted");
  private final VBox rules = new VBox(4);
  private final VBox rollouts = new VBox(4);
  private final VBox history = new VBox(4);
  private final ScrollPane content;
  private Flag flag;

  /** Whether it is being killed. */
  private boolean killing;

  private Shown shown;

  /** What stands in the lists: a link that is pressed must not be replaced meanwhile. */
  private record Shown(
      String key, List<FlagRule> rules, List<Rollout> rollouts, List<AuditEntry> history) {}

  /**
   * @param start opens what begins a rollout
   */
  FlagInspector(ScreenContext context, FlagWords words, FlagFeed feed, Runnable start) {
    this.context = context;
    this.texts = context.texts();
    this.words = words;
    this.feed = feed;
    boundary = new ErrorBoundary(this, texts);
    kill = context.act(texts.text("flags.kill"), this::kill, "danger", "button-outlined");
    kill.setGraphic(Icon.STOP.node());
    restore = context.act(texts.text("flags.restore"), this::restore, "accent");
    restore.setGraphic(Icon.PLAY.node());
    expose = context.act(texts.text("flags.expose"), start);
    expose.setGraphic(Icon.ROLLOUT.node());
    shares = new FlagShares(context, words);
    state.setMinWidth(Region.USE_PREF_SIZE);
    content =
        Widgets.scroll(
            new VBox(
                10,
                Widgets.row(8, Widgets.grow(title), state),
                about,
                Widgets.flow(8, 6, kill, restore, expose),
                head("flags.shares"),
                shares,
                steered,
                head("flags.rules"),
                rules,
                head("flags.rollouts"),
                rollouts,
                head("flags.history"),
                history));
  }

  private Label head(String key) {
    return Widgets.label(texts.text(key), "card-title");
  }

  /** Shows this flag; null for none. */
  void show(Flag wanted) {
    boundary.fill(() -> fill(wanted));
  }

  private void fill(Flag wanted) {
    flag = wanted;
    if (wanted == null) {
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.FLAG, texts.text("flags.choose"), texts.text("flags.choose.more")));
      return;
    }
    if (getChildren().isEmpty() || getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    title.setText(DisplayText.text(wanted.id()));
    state.setText(words.state(wanted));
    FlagWords.tone(wanted).on(state);
    about.setText(about(wanted));
    Widgets.show(kill, !wanted.killed());
    Widgets.show(restore, wanted.killed());
    Widgets.show(expose, !wanted.killed() && wanted.rollout() == null);
    shares.show(wanted);
    steered.setText(
        wanted.rollout() == null
            ? texts.text("flags.steer")
            : texts.text("flags.steered", wanted.rollout()));
    lists();
  }

  private String about(Flag f) {
    var text =
        new StringBuilder(
            texts.text(
                "flags.about", texts.text("flags.type." + f.type()), words.says(f), f.key()));
    if (f.killed()) {
      text.append('\n')
          .append(
              f.because().isEmpty()
                  ? texts.text("flags.killed", DisplayText.line(f.standard()))
                  : texts.text(
                      "flags.killed.because",
                      DisplayText.line(f.standard()),
                      DisplayText.text(f.because())));
    }
    return text.toString();
  }

  private void lists() {
    var key = flag.id();
    var now = new Shown(key, flag.rules(), feed.rollouts(key), feed.history(key));
    if (now.equals(shown)) {
      return;
    }
    shown = now;
    rules.getChildren().setAll(now.rules().stream().map(this::rule).toList());
    or(rules, "flags.rules.none");
    rollouts.getChildren().setAll(now.rollouts().stream().limit(SHOWN).map(this::rollout).toList());
    or(rollouts, "flags.rollouts.none");
    history.getChildren().setAll(now.history().stream().limit(SHOWN).map(this::happened).toList());
    or(history, "flags.history.none");
  }

  private void or(VBox list, String none) {
    if (list.getChildren().isEmpty()) {
      list.getChildren().add(Widgets.prose(texts.text(none), "muted"));
    }
  }

  private Node rule(FlagRule rule) {
    var serves = Widgets.label(texts.text("flags.serves", DisplayText.line(rule.serve())), "mono");
    serves.setMinWidth(Region.USE_PREF_SIZE);
    return Widgets.row(8, Widgets.grow(Widgets.label(words.rule(rule))), serves);
  }

  private Node rollout(Rollout r) {
    var id = Widgets.link(r.id(), () -> context.go().to(ScreenId.ROLLOUTS, r.id()), "mono");
    id.setMinWidth(Region.USE_PREF_SIZE);
    var said =
        Widgets.label(
            DisplayText.line(r.canary())
                + " · "
                + texts.word("rollout.state", r.state())
                + (r.why().isEmpty() ? "" : ", " + texts.part(DisplayText.line(r.why()))),
            "soft");
    return Widgets.row(8, id, Widgets.grow(said), at(r.startedAt()));
  }

  private Node happened(AuditEntry entry) {
    var said = Widgets.prose(words.done(entry), "soft");
    said.setMinWidth(0);
    var who = Widgets.label(words.who(entry), "muted");
    who.setMinWidth(Region.USE_PREF_SIZE);
    HBox.setHgrow(said, Priority.ALWAYS);
    return Widgets.row(8, said, Widgets.spacer(), who, at(entry.at()));
  }

  private Label at(Instant at) {
    var label = Widgets.label(texts.ago(at, context.live().now().get()), "mono", "muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    Widgets.tip(label, texts.moment(at));
    return label;
  }

  /** Takes a letter. A key that is held, or pressed again, gives nothing back: a button does. */
  boolean typed(char letter) {
    if (flag == null || !Hotkey.KILL_FLAG.typed(letter)) {
      return false;
    }
    if (!killing) {
      press(kill);
    }
    return true;
  }

  private static void press(Button button) {
    if (button.isVisible() && !button.isDisabled()) {
      button.fire();
    }
  }

  /** At once, as it can be undone; what takes a rollout back cannot, and asks once. */
  private void kill() {
    var f = flag;
    var name = DisplayText.line(f.id());
    if (f.rollout() != null
        && !context
            .dialogs()
            .confirm(
                texts.text("flags.kill.title", name),
                texts.text(
                    "flags.kill.more",
                    DisplayText.line(f.standard()),
                    words.shares(f),
                    f.rollout()),
                texts.text("flags.kill"))) {
      return;
    }
    killing = true;
    context
        .steering()
        .execute(new FlagCommand.KillFlag(f.id(), null))
        .whenComplete((_, _) -> killing = false)
        .thenAccept(
            _ ->
                context
                    .notices()
                    .done(
                        texts.text("flags.kill.done", name, DisplayText.line(f.standard())),
                        () -> context.steering().execute(new FlagCommand.RestoreFlag(f.id()))));
  }

  private void restore() {
    var f = flag;
    var because = f.because().isEmpty() ? null : f.because();
    context
        .steering()
        .execute(new FlagCommand.RestoreFlag(f.id()))
        .thenAccept(
            _ ->
                context
                    .notices()
                    .done(
                        texts.text("flags.restore.done", DisplayText.line(f.id())),
                        () ->
                            context.steering().execute(new FlagCommand.KillFlag(f.id(), because))));
  }
}
