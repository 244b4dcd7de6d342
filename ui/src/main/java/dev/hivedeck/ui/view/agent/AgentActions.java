package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.ExternalEditor;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.nio.file.Path;
import java.util.Objects;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.Button;
import javafx.scene.layout.FlowPane;

/** What a person can do about an agent at work. */
final class AgentActions extends FlowPane {
  private final ScreenContext context;
  private final Texts texts;
  private final Button pause;
  private final Button stop;
  private final Button hold;
  private final Button open;
  private final Button take;
  private final Button edit;
  private final BooleanProperty still = new SimpleBooleanProperty(true);
  private AgentViews.Agent agent;
  private AttemptViews.Attempt attempt;

  AgentActions(ScreenContext context) {
    super(8, 6);
    this.context = context;
    this.texts = context.texts();
    pause = context.act("", this::pauseOrResume);
    stop =
        context.act(
            Widgets.button(texts.text("agent.stop"), this::stop, "danger", "button-outlined"),
            still);
    open = Widgets.button(texts.text("agent.open"), this::open);
    open.setGraphic(Icon.FOLDER.node());
    take = context.act(texts.text("agent.take"), this::take);
    take.setGraphic(Icon.TAKE.node());
    hold = context.act("", this::hold);
    edit =
        Widgets.button(
            texts.text("agent.edit"),
            () -> context.go().to(ScreenId.SETTINGS, "config/agents/" + agent.id()));
    edit.setGraphic(Icon.EDIT.node());
    getChildren().setAll(pause, stop, hold, open, take, edit);
  }

  /**
   * @param now the attempt that is looked at; null when it has none
   * @param several whether it is at more than that one
   */
  void show(AgentViews.Agent shown, AttemptViews.Attempt now, boolean several) {
    agent = shown;
    attempt = now;
    boolean paused = shown.paused();
    if (!Objects.equals(pause.getUserData(), paused)) {
      pause.setUserData(paused);
      pause.setText(texts.text(paused ? "agent.resume" : "agent.pause"));
      pause.setGraphic((paused ? Icon.PLAY : Icon.PAUSE).node());
    }
    boolean runs = now != null && !now.state().over();
    still.set(!runs);
    Widgets.show(open, runs && now.worktree() != null && !now.worktree().isBlank());
    Widgets.show(hold, several && runs);
    hold.setText(now == null ? "" : texts.text("agent.hold", now.task()));
    Widgets.show(edit, !shown.id().equals(View.YOU));
    Widgets.show(take, runs && !shown.id().equals(View.YOU));
  }

  private void pauseOrResume() {
    var id = agent.id();
    if (agent.paused()) {
      context.steering().execute(new Command.ResumeAgent(id));
    } else {
      context
          .steering()
          .execute(new Command.PauseAgent(id))
          .thenAccept(
              _ ->
                  context
                      .notices()
                      .done(
                          texts.text("agent.paused", id),
                          () -> context.steering().execute(new Command.ResumeAgent(id))));
    }
  }

  private void stop() {
    var id = agent.id();
    if (context
        .dialogs()
        .confirm(
            texts.text("agent.stop.title", id),
            texts.text("agent.stop.more", id, agent.task() == null ? "" : agent.task()),
            texts.text("agent.stop.verb"))) {
      context.steering().execute(new Command.StopAgent(id));
    }
  }

  /** Pauses the one task that is looked at; the agent goes on with its others. */
  private void hold() {
    var task = attempt.task();
    context
        .steering()
        .execute(new Command.PauseTask(task))
        .thenAccept(
            _ ->
                context
                    .notices()
                    .done(
                        texts.text("task.paused", task),
                        () -> context.steering().execute(new Command.ResumeTask(task))));
  }

  private void open() {
    new ExternalEditor(context).open(Path.of(attempt.worktree()));
  }

  private void take() {
    var task = attempt.task();
    if (context
        .dialogs()
        .confirm(
            texts.text("agent.take.title", task),
            texts.text("agent.take.more", task, agent.id()),
            texts.text("agent.take.verb"))) {
      context
          .steering()
          .execute(new Command.TakeTask(task))
          .thenAccept(_ -> context.notices().say(texts.text("agent.taken", task)));
    }
  }
}
