package dev.hivedeck.ui.view.agent;

import atlantafx.base.controls.CustomTextField;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.control.health.HealthBadge;
import dev.hivedeck.ui.control.log.LogView;
import dev.hivedeck.ui.control.permission.PermissionCard;
import dev.hivedeck.ui.control.task.AttemptList;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.Drafts.Draft;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.geometry.Insets;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** One agent: what it does now, word for word, what it did before, and its reins. */
final class AgentInspector extends StackPane {
  private final ScreenContext context;
  private final Texts texts;
  private final ErrorBoundary boundary;
  private final Consumer<AttemptViews.Attempt> choose;
  private final Label name = Widgets.label("", "inspector-title");
  private final Label badge = Widgets.tag("");
  private final HealthBadge health;
  private final FlowPane several = Widgets.flow(6, 4);
  private final Button task;
  private final Label where = Widgets.label("", "soft");
  private final Label used = Widgets.label("", "soft");
  private final AgentActions reins;
  private final PermissionCard permission;
  private final TabPane tabs;
  private final Tab live = new Tab();
  private final Tab attempts = new Tab();
  private final Tab about = new Tab();
  private final LogView log;
  private final Label older = Widgets.label("", "soft");
  private final HBox olderBar;
  private final AttemptList attemptList;
  private final CustomTextField say = new CustomTextField();
  private final Draft said;
  private final Label hears = Widgets.label("", "muted");
  private final AttemptFacts footer;
  private final ScrollPane content;
  private AgentViews.Agent agent;
  private String reading;
  private AttemptViews.Attempt at;

  /**
   * @param choose shows an attempt, beside others or an earlier one
   */
  AgentInspector(ScreenContext context, Consumer<AttemptViews.Attempt> choose) {
    this.context = context;
    this.choose = choose;
    this.texts = context.texts();
    boundary = new ErrorBoundary(this, texts);
    task = Widgets.link("", () -> context.go().to(ScreenId.TASKS, task()));
    reins = new AgentActions(context);
    permission = new PermissionCard(context);
    health = new HealthBadge(texts);
    name.setMinWidth(40);
    badge.getStyleClass().add("badge-tag");
    var head =
        Widgets.column(3, Widgets.row(8, name, badge, health), several, task, where, used, reins);
    VBox.setMargin(reins, new Insets(5, 0, 0, 0));
    log = new LogView(context);
    attemptList = new AttemptList(context, false, choose);
    olderBar =
        Widgets.row(10, Widgets.grow(older), Widgets.link(texts.text("agent.now"), this::readNow));
    VBox.setVgrow(log, Priority.ALWAYS);
    said = context.drafts().of(say);
    sayField();
    live.setText(texts.text("agent.live"));
    live.setContent(Widgets.tabBody(olderBar, log, say, hears));
    attempts.setContent(Widgets.tabBody(Widgets.grow(attemptList)));
    about.setText(texts.text("agent.about"));
    tabs = Widgets.tabs(texts.text("inspector.tabs"), live, attempts, about);
    footer = new AttemptFacts(context, log.latest());
    content = Widgets.scroll(new VBox(8, head, permission, tabs, footer));
    getChildren().setAll(content);
  }

  private void sayField() {
    context.act(say);
    var key = Widgets.key(texts.keys(Hotkey.SEND));
    say.setRight(key);
    say.getStyleClass().add("say");
    say.setOnKeyPressed(
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            say();
            e.consume();
          }
        });
  }

  /** Shows this agent; null for none. */
  void show(AgentViews.Agent wanted) {
    boundary.fill(() -> fill(wanted));
  }

  private void fill(AgentViews.Agent wanted) {
    var other = agent == null || wanted == null || !agent.id().equals(wanted.id());
    agent = wanted;
    if (wanted == null) {
      log.follow(null);
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.AGENT, texts.text("agents.choose"), texts.text("agents.choose.more")));
      return;
    }
    if (getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    if (other) {
      reading = null;
      said.at("say " + wanted.id());
      say.setPromptText(texts.text("agent.say", wanted.id()));
      say.setAccessibleText(texts.text("agent.say", wanted.id()));
      hears.setText(
          texts.text(
              switch (wanted.driver()) {
                case CLAUDE, CODEX_APP -> "agent.hears.now";
                case ACP -> "agent.hears.turn";
                case COMMAND -> "agent.hears.inbox";
                default -> "agent.hears.later";
              }));
    }
    fill();
  }

  /** Shows anew what changed around the agent. */
  void renew() {
    boundary.fill(this::fill);
  }

  private void fill() {
    if (agent == null) {
      return;
    }
    var running =
        context.live().attempts().all().stream()
            .filter(a -> !a.state().over() && a.agent().equals(agent.id()))
            .toList();
    showRunning(running);
    // What is read, where it runs, is what the reins are of; else what the agent is at.
    var now =
        running.stream()
            .filter(a -> a.id().equals(reading))
            .findFirst()
            .or(() -> context.live().attempts().get(agent.attempt()));
    at = now.orElse(null);
    head(now);
    var shown = reading == null ? agent.attempt() : reading;
    log.follow(shown);
    boolean earlier = reading != null && running.stream().noneMatch(a -> a.id().equals(reading));
    Widgets.show(olderBar, earlier);
    older.setText(earlier ? texts.text("agent.reading", reading) : "");
    var past = past();
    attempts.setText(texts.text("agent.attempts", past.size()));
    attemptList.show(past, shown);
    about.setContent(about());
    footer.show(agent, now.orElse(null));
    permission();
  }

  /** Where it is at several at once, each can be looked at and steered by itself. */
  private void showRunning(List<AttemptViews.Attempt> running) {
    Widgets.show(several, running.size() > 1);
    var ids = running.stream().map(AttemptViews.Attempt::id).toList();
    var chosen = reading == null ? agent.attempt() : reading;
    if (!ids.equals(several.getUserData())) {
      several.setUserData(ids);
      several
          .getChildren()
          .setAll(
              running.stream()
                  .map(
                      a -> {
                        var chip = new ToggleButton(a.task());
                        chip.setMnemonicParsing(false);
                        chip.getStyleClass().add("chip");
                        chip.setUserData(a.id());
                        chip.setTooltip(
                            Widgets.tooltip(
                                context
                                    .live()
                                    .tasks()
                                    .get(a.task())
                                    .map(TaskViews.Task::title)
                                    .orElse(a.task())));
                        chip.setOnAction(_ -> choose.accept(a));
                        return chip;
                      })
                  .toList());
    }
    several
        .getChildren()
        .forEach(c -> ((ToggleButton) c).setSelected(Objects.equals(c.getUserData(), chosen)));
  }

  /** What it waits for a person to allow. */
  private void permission() {
    var asked =
        context.live().decisions().all().stream()
            .filter(
                d -> d.state() == DecisionViews.DecisionState.OPEN && agent.id().equals(d.agent()))
            .filter(d -> PermissionRequest.of(d).isPresent())
            .min(Comparator.comparing(DecisionViews.Decision::openedAt));
    Widgets.show(permission, asked.isPresent());
    asked.ifPresent(d -> permission.show(d, PermissionRequest.of(d).orElseThrow()));
  }

  /** Takes a letter that nobody else wants; whether it was of use. */
  boolean typed(char letter) {
    return permission.isVisible() && permission.typed(letter);
  }

  /** Lets go of what is costly. */
  void hidden() {
    log.stop();
  }

  /** Moves into the inspector from the table. */
  void enter() {
    if (agent != null) {
      tabs.getSelectionModel().select(live);
      say.requestFocus();
    }
  }

  private void head(Optional<AttemptViews.Attempt> now) {
    name.setText(agent.id());
    health.show(agent);
    var tries = now.map(AttemptViews.Attempt::number).orElse(0);
    badge.setText(texts.text("agent.try", tries));
    Widgets.show(badge, tries > 1 && task() != null);
    var on = task();
    var title = context.live().tasks().get(on).map(t -> " " + t.title()).orElse("");
    task.setText(on == null ? "" : on + title);
    Widgets.show(task, on != null);
    var facts = new ArrayList<String>();
    if (on == null) {
      facts.add(why());
    } else {
      now.map(AttemptViews.Attempt::worktree)
          .filter(w -> !w.isBlank())
          .ifPresent(
              w -> facts.add(texts.text("agent.worktree", w.substring(w.lastIndexOf('/') + 1))));
      now.map(AttemptViews.Attempt::pid)
          .filter(pid -> pid > 0)
          .ifPresent(pid -> facts.add(texts.text("agent.pid", Long.toString(pid))));
    }
    where.setText(String.join(" · ", facts));
    Widgets.show(where, !facts.isEmpty());
    used.setText(now.map(this::used).orElse(""));
    Widgets.show(used, !used.getText().isEmpty());
    reins.show(agent, now.orElse(null), several.isVisible());
  }

  /** The task that is looked at, or that it works on; null for none. */
  private String task() {
    return at != null && !at.state().over() ? at.task() : agent.task();
  }

  /** Why it works on nothing. */
  private String why() {
    if (agent.state() == AgentViews.AgentState.PAUSED) {
      return texts.text("agent.paused", agent.id());
    }
    return context.live().decisions().all().stream()
        .filter(d -> d.state() == DecisionViews.DecisionState.OPEN && agent.id().equals(d.agent()))
        .min(Comparator.comparing(DecisionViews.Decision::openedAt))
        .map(d -> texts.text("agent.waits", d.id()))
        .orElseGet(() -> texts.text("agent.free"));
  }

  /** What its processes take, with its limits; empty when none is measured. */
  private String used(AttemptViews.Attempt a) {
    if (a.processes() == 0) {
      return "";
    }
    var quota = a.quota() == null ? new AttemptViews.Quota(null, null, null) : a.quota();
    var parts = new ArrayList<String>();
    if (a.memory() > 0) {
      parts.add(
          limited(
              "agent.memory",
              texts.bytes(a.memory()),
              quota.memory() == null ? null : texts.bytes(quota.memory())));
    }
    parts.add(
        limited(
            "agent.cores",
            texts.decimal(a.cpu(), 1),
            quota.cpu() == null ? null : texts.decimal(quota.cpu(), 1)));
    parts.add(
        limited(
            "agent.processes",
            a.processes(),
            quota.processes() == null ? null : texts.count(quota.processes())));
    return String.join(" · ", parts);
  }

  private String limited(String key, Object amount, String limit) {
    return limit == null ? texts.text(key, amount) : texts.text(key + ".of", amount, limit);
  }

  private List<AttemptViews.Attempt> past() {
    return context.live().attempts().all().stream()
        .filter(a -> a.agent().equals(agent.id()))
        .sorted(
            Comparator.comparing(
                    AttemptViews.Attempt::startedAt,
                    Comparator.nullsFirst(Comparator.naturalOrder()))
                .reversed())
        .toList();
  }

  void read(AttemptViews.Attempt attempt) {
    reading = Objects.equals(attempt.id(), agent.attempt()) ? null : attempt.id();
    renew();
    tabs.getSelectionModel().select(live);
  }

  /** Back to what the agent is at. */
  void readNow() {
    reading = null;
    renew();
  }

  private void say() {
    var text = say.getText().strip();
    if (!text.isEmpty()) {
      var id = agent.id();
      context
          .steering()
          .execute(
              new Command.SayToAgent(
                  id, text, several.isVisible() && at != null ? at.task() : null))
          .thenAccept(
              _ -> {
                context.drafts().put("say " + id, "");
                if (agent != null && agent.id().equals(id)) {
                  said.done();
                }
                context.notices().say(texts.text("agent.said", id));
              });
    }
  }

  private Region about() {
    var grid = Widgets.facts();
    fact(grid, "agent.role", agent.role());
    fact(grid, "agent.capabilities", joined(agent.capabilities()));
    fact(grid, "agent.owns", joined(agent.owns()));
    fact(grid, "agent.fallback", joined(agent.fallback()));
    fact(grid, "agent.driver", agent.driver().word());
    fact(grid, "agent.model", agent.model());
    fact(grid, "agent.record", texts.text("agent.record.more", agent.succeeded(), agent.failed()));
    fact(grid, "agent.tokens", texts.brief(agent.tokens()));
    var scroll = new ScrollPane(grid);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().addAll("plain-scroll", "tab-body");
    scroll.setFocusTraversable(false);
    return scroll;
  }

  private void fact(GridPane grid, String key, String value) {
    var words = Widgets.prose(value == null || value.isBlank() ? "–" : value);
    var label = Widgets.label(texts.text(key), "muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    GridPane.setValignment(label, javafx.geometry.VPos.TOP);
    grid.addRow(grid.getRowCount(), label, words);
  }

  private static String joined(List<String> words) {
    return words == null ? "" : String.join(", ", words);
  }
}
