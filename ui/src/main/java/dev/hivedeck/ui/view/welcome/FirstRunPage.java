package dev.hivedeck.ui.view.welcome;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Discovery;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Consent;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.ConsentList;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javafx.animation.PauseTransition;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/**
 * A repository that has no {@code hive.yaml}: what was found there and on the machine, a first file
 * with the reason of each line, all that it would run, and a first task. Nothing is written before
 * a button is pressed, nothing runs before the person has consented to exactly what is shown here,
 * and no key does either by accident.
 */
public final class FirstRunPage extends BorderPane {
  private static final Duration REST = Duration.millis(250);
  private static final double NARROW = 1180;

  private final ScreenContext context;
  private final Texts texts;
  private final Runnable leave;
  private final Consumer<String> begun;
  private final ProposalLines lines;
  private final AgentChoice agents;
  private final FirstTask task;
  private final BooleanBinding noTask;
  private final ConsentList consents;
  private final RepositoryFindings found;
  private final VBox news = new VBox(6);
  private final Label writes = Widgets.label("", "soft");
  private final Label step = Widgets.label("", "soft");
  private final PauseTransition rest = new PauseTransition(REST);
  private final SimpleBooleanProperty unsure = new SimpleBooleanProperty(true);
  private final SimpleIntegerProperty asked = new SimpleIntegerProperty();
  private final SimpleBooleanProperty busy = new SimpleBooleanProperty();
  private final Button go;
  private final Button save;
  private String digest;
  private Consent consent;

  /** How often a proposal was asked for: only the last one is shown. */
  private int proposals;

  /** The first task once it is there. */
  private String added;

  /**
   * @param leave goes on without writing anything
   * @param begun hears of the first task, or null where none was written
   */
  public FirstRunPage(ScreenContext context, Runnable leave, Consumer<String> begun) {
    this.context = context;
    this.texts = context.texts();
    this.leave = leave;
    this.begun = begun;
    getStyleClass().add("first-run");
    found = new RepositoryFindings(texts);
    lines = new ProposalLines(texts, this::edited);
    agents = new AgentChoice(texts, context.drafts(), this::propose);
    task = new FirstTask(texts, lines, context.drafts());
    noTask = task.blank();
    consents = new ConsentList(texts, 84);
    go = context.act("", this::begin, "accent", "large");
    save = context.act(texts.text("first.save"), this::save);
    go.setGraphic(Icon.TRUSTED.node());
    var closed = unsure.or(asked.isEqualTo(0));
    context.act(go, closed);
    context.act(save, unsure);
    go.textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> texts.text(noTask.get() ? "first.trust" : "first.go", asked.get()),
                noTask,
                asked));
    rest.setOnFinished(_ -> check());
    disableProperty().bind(busy);
    setTop(head());
    setCenter(middle());
    setBottom(foot());
    look();
  }

  // ── how it looks ────────────────────────────────────────────────────────────────────────────

  private Node head() {
    var workspace = context.live().workspace().get();
    String name = workspace == null ? "" : Printable.line(workspace.name());
    var title = Widgets.title(texts.text("first.title", name));
    var later = Widgets.button(texts.text("first.later"), leave);
    var theme =
        Widgets.icon(
            Icon.THEME_SYSTEM, texts.text("action.theme"), context.theme()::toggle, "round");
    var place = workspace == null ? "" : workspace.path() + " · " + workspace.main();
    var where = Widgets.label(Printable.line(place), "mono", "muted");
    var words =
        new VBox(2, Widgets.row(12, title, where), Widgets.label(texts.text("first.what"), "soft"));
    words.setMinWidth(0);
    HBox.setHgrow(words, Priority.ALWAYS);
    var steps =
        new HBox(
            8,
            step(Icon.CHECK, "first.step.looked", step),
            step(Icon.FILE, "first.step.proposal", Widgets.label(texts.text("first.any"), "soft")),
            step(Icon.SHIELD, "first.step.trust", counted()),
            step(Icon.TASK, "first.step.task", Widgets.label(texts.text("first.inown"), "soft")));
    var head = new VBox(12, Widgets.row(8, words, later, theme), steps);
    head.getStyleClass().add("first-head");
    return head;
  }

  private Label counted() {
    var label = Widgets.label("", "soft");
    label
        .textProperty()
        .bind(Bindings.createStringBinding(() -> texts.text("first.asked", asked.get()), asked));
    return label;
  }

  private Node step(Icon icon, String key, Label words) {
    var row =
        Widgets.row(
            10,
            Tone.BLUE.on(icon.node()),
            new VBox(1, Widgets.label(texts.text(key), "strong"), words));
    row.getStyleClass().add("first-step");
    HBox.setHgrow(row, Priority.ALWAYS);
    row.setMinWidth(0);
    row.setPrefWidth(200);
    row.setMaxWidth(Double.MAX_VALUE);
    return row;
  }

  private Node middle() {
    var left = new VBox(10, card("first.agents", null, agents), card("first.found", null, found));
    var scroll = scroll(lines);
    scroll.setAccessibleText("hive.yaml");
    var file = card("setup.text", "first.why", scroll);
    VBox.setVgrow(scroll, Priority.ALWAYS);
    consents.setMinHeight(90);
    consents.setPrefHeight(0);
    VBox.setVgrow(consents, Priority.ALWAYS);
    var trust = card("first.step.trust", "first.runs", consents);
    VBox.setVgrow(trust, Priority.ALWAYS);
    var first = card("first.step.task", "first.own", task);
    first.setMinHeight(Region.USE_PREF_SIZE);
    var right = new VBox(10, trust, first);
    var aside = scroll(left);
    var row = new HBox(10, aside, file, right);
    HBox.setHgrow(file, Priority.ALWAYS);
    row.getStyleClass().add("first-body");
    widthProperty()
        .subscribe(
            width -> {
              boolean narrow = width.doubleValue() < NARROW;
              fix(aside, narrow ? 230 : 290);
              fix(right, narrow ? 280 : 350);
              lines.narrow(narrow);
            });
    return row;
  }

  private static void fix(Region region, double width) {
    region.setMinWidth(width);
    region.setPrefWidth(width);
    region.setMaxWidth(width);
  }

  private static ScrollPane scroll(Region content) {
    var scroll = Widgets.scroll(content);
    scroll.setFitToHeight(false);
    scroll.setMinHeight(0);
    return scroll;
  }

  private VBox card(String title, String more, Node... content) {
    var name = Widgets.label(texts.text(title), "card-title");
    var head = Widgets.row(8, name);
    if (more != null) {
      name.setMinWidth(Region.USE_PREF_SIZE);
      head.getChildren().add(Widgets.grow(Widgets.label(texts.text(more), "muted")));
    }
    var card = Widgets.card(head);
    card.getChildren().addAll(content);
    card.setMinHeight(0);
    return card;
  }

  private Node foot() {
    HBox.setHgrow(writes, Priority.ALWAYS);
    writes.setMaxWidth(Double.MAX_VALUE);
    go.setMinWidth(Region.USE_PREF_SIZE);
    save.setMinWidth(Region.USE_PREF_SIZE);
    var foot = new VBox(8, news, Widgets.row(10, writes, save, go));
    foot.getStyleClass().add("first-foot");
    Widgets.show(news, false);
    return foot;
  }

  // ── what is found and proposed ──────────────────────────────────────────────────────────────

  private void look() {
    context
        .steering()
        .query(new Query.Clis())
        .whenComplete(
            (answer, failure) -> {
              var clis =
                  failure == null
                      ? Json.as(answer, Discovery.Clis.class).clis()
                      : List.<Discovery.Cli>of();
              agents.show(clis);
            });
    propose(null, null);
  }

  private void propose(String agent, String run) {
    unsure.set(true);
    int asking = ++proposals;
    context
        .steering()
        .query(new Query.ConfigProposal(agent, run))
        .whenComplete(
            (answer, failure) -> {
              if (asking != proposals) {
                return; // Another was asked for since.
              }
              if (failure == null) {
                show(Json.as(answer, Config.Proposal.class));
              } else {
                tell(ErrorMessages.of(failure));
              }
            });
  }

  private void show(Config.Proposal proposal) {
    digest = proposal.digest();
    lines.show(proposal.lines());
    found.show(proposal.found());
    task.show(proposal.ideas());
    step.setText(texts.text("first.looked", proposal.found().size()));
    edited();
  }

  private void edited() {
    unsure.set(true);
    task.follow();
    writes.setText(texts.text("first.writes", lines.count()));
    rest.playFromStart();
  }

  /** What the text would come to, before it is written. */
  private void check() {
    if (getScene() == null) {
      return; // The person has gone on.
    }
    String now = lines.text();
    context
        .steering()
        .query(new Query.ConfigPreview(List.of(), now))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                tell(ErrorMessages.of(failure));
              } else if (now.equals(lines.text())) {
                show(Json.as(answer, Config.Preview.class));
              }
            });
  }

  private void show(Config.Preview preview) {
    consent = preview.consent();
    boolean wrong = !preview.problems().isEmpty() || consent == null;
    unsure.set(wrong);
    asked.set(wrong ? 0 : consent.items().size());
    consents.getItems().clear();
    if (!wrong) {
      consents.show(consent);
    }
    say(
        preview.problems().stream().limit(3).map(p -> Widgets.prose(texts.said(p))).toList(),
        Tone.RED);
  }

  // ── what is done ────────────────────────────────────────────────────────────────────────────

  private CompletableFuture<Void> write() {
    unsure.set(true);
    busy.set(true);
    return context
        .steering()
        .send(new Command.WriteConfig(digest, lines.text()))
        .thenAccept(answer -> digest = Json.as(answer, Config.Edited.class).digest());
  }

  private void save() {
    write()
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                failed(failure);
              } else {
                agents.done();
                task.putOff();
                context.notices().say(texts.text("setup.written"));
                begun.accept(null);
              }
            });
  }

  /** Consent is to what is shown: if anything else was written, the engine refuses it. */
  private void begin() {
    String shown = consent.digest();
    var wanted = noTask.get() ? null : task.command();
    write()
        .thenCompose(_ -> context.steering().send(new Command.Trust(shown)))
        .thenCompose(
            _ -> wanted == null ? CompletableFuture.<String>completedFuture(null) : start(wanted))
        .whenComplete(
            (id, failure) -> {
              if (failure != null) {
                failed(failure);
              } else {
                agents.done();
                task.done();
                begun.accept(id);
              }
            });
  }

  private CompletableFuture<String> start(Command wanted) {
    var there =
        added != null
            ? CompletableFuture.completedFuture(added)
            : context.steering().send(wanted).thenApply(this::added);
    return there.thenCompose(
        id -> context.steering().send(new Command.StartHive(0)).thenApply(_ -> id));
  }

  private String added(JsonNode answer) {
    String id = answer.path("id").asText();
    added = id;
    task.lock();
    return id;
  }

  private void failed(Throwable failure) {
    busy.set(false);
    unsure.set(false);
    requestFocus();
    tell(ErrorMessages.of(failure));
    if (added != null) {
      var said = Widgets.grow(Widgets.prose(texts.text("first.added", added), "soft"));
      news.getChildren().add(Widgets.row(8, Tone.BLUE.on(Icon.INFO.node()), said));
    }
  }

  private void tell(HiveException.Fault fault) {
    var words = Widgets.prose(texts.said(fault.message()), "strong");
    var hint = Widgets.prose(fault.hint() == null ? "" : texts.said(fault.hint()), "soft");
    say(List.of(words, hint), Tone.RED);
  }

  private void say(List<Label> words, Tone tone) {
    news.getChildren()
        .setAll(
            words.stream()
                .map(label -> Widgets.row(8, tone.on(Icon.WARNED.node()), Widgets.grow(label)))
                .toList());
    Widgets.show(news, !words.isEmpty());
  }
}
