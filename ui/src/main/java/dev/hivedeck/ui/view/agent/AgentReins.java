package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.action.Editor;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import java.nio.file.Path;
import java.util.Objects;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.Button;
import javafx.scene.layout.FlowPane;

/** What a person can do about an agent at work. */
final class AgentReins extends FlowPane {
  private final Desk desk;
  private final Texts texts;
  private final Button pause;
  private final Button stop;
  private final Button hold;
  private final Button open;
  private final Button take;
  private final Button edit;
  private final BooleanProperty still = new SimpleBooleanProperty(true);
  private Views.Agent agent;
  private Views.Attempt attempt;

  AgentReins(Desk desk) {
    super(8, 6);
    this.desk = desk;
    this.texts = desk.texts();
    pause = desk.act("", this::pauseOrResume);
    stop =
        desk.act(
            Parts.button(texts.text("agent.stop"), this::stop, "danger", "button-outlined"), still);
    open = Parts.button(texts.text("agent.open"), this::open);
    open.setGraphic(Icon.FOLDER.node());
    take = desk.act(texts.text("agent.take"), this::take);
    take.setGraphic(Icon.TAKE.node());
    hold = desk.act("", this::hold);
    edit =
        Parts.button(
            texts.text("agent.edit"),
            () -> desk.go().to(Place.SETTINGS, "config/agents/" + agent.id()));
    edit.setGraphic(Icon.EDIT.node());
    getChildren().setAll(pause, stop, hold, open, take, edit);
  }

  /**
   * @param now the attempt that is looked at; null when it has none
   * @param several whether it is at more than that one
   */
  void show(Views.Agent shown, Views.Attempt now, boolean several) {
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
    Parts.show(open, runs && now.worktree() != null && !now.worktree().isBlank());
    Parts.show(hold, several && runs);
    hold.setText(now == null ? "" : texts.text("agent.hold", now.task()));
    Parts.show(edit, !shown.id().equals(Views.YOU));
    Parts.show(take, runs && !shown.id().equals(Views.YOU));
  }

  private void pauseOrResume() {
    var id = agent.id();
    if (agent.paused()) {
      desk.steering().execute(new Command.ResumeAgent(id));
    } else {
      desk.steering()
          .execute(new Command.PauseAgent(id))
          .thenAccept(
              _ ->
                  desk.notices()
                      .done(
                          texts.text("agent.paused", id),
                          () -> desk.steering().execute(new Command.ResumeAgent(id))));
    }
  }

  private void stop() {
    var id = agent.id();
    if (desk.dialogs()
        .confirm(
            texts.text("agent.stop.title", id),
            texts.text("agent.stop.more", id, agent.task() == null ? "" : agent.task()),
            texts.text("agent.stop.verb"))) {
      desk.steering().execute(new Command.StopAgent(id));
    }
  }

  /** Pauses the one task that is looked at; the agent goes on with its others. */
  private void hold() {
    var task = attempt.task();
    desk.steering()
        .execute(new Command.PauseTask(task))
        .thenAccept(
            _ ->
                desk.notices()
                    .done(
                        texts.text("task.paused", task),
                        () -> desk.steering().execute(new Command.ResumeTask(task))));
  }

  private void open() {
    new Editor(desk).open(Path.of(attempt.worktree()));
  }

  private void take() {
    var task = attempt.task();
    if (desk.dialogs()
        .confirm(
            texts.text("agent.take.title", task),
            texts.text("agent.take.more", task, agent.id()),
            texts.text("agent.take.verb"))) {
      desk.steering()
          .execute(new Command.TakeTask(task))
          .thenAccept(_ -> desk.notices().say(texts.text("agent.taken", task)));
    }
  }
}
