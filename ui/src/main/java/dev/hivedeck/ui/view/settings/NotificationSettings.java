package dev.hivedeck.ui.view.settings;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.secret.Secret;
import dev.hivedeck.engine.protocol.secret.SecretQuery;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * By which channels people are told, how each of them stands, what was given up, and in words which
 * alerts go where and when. It is asked anew whenever somebody was told something.
 */
final class NotificationSettings extends VBox {
  /** More dead letters say no more; the command line lists all. */
  private static final int LETTERS = 20;

  private final ScreenContext context;
  private final Texts texts;
  private final VBox channels = new VBox();
  private final VBox letters = new VBox();
  private final VBox routes = new VBox(4);
  private final VBox silences = new VBox(4);

  /** What a test of a channel came to, for as long as one looks. */
  private final Map<String, NotifyViews.Tested> tested = new HashMap<>();

  private List<NotifyViews.Channel> told = List.of();

  /** Secrets that are named and not kept. */
  private List<Secret> missing = List.of();

  private int asking;

  NotificationSettings(ScreenContext context) {
    super(10);
    this.context = context;
    this.texts = context.texts();
    Widgets.show(letters, false);
    getChildren().setAll(channels, letters, routes, silences);
  }

  /** Keeps itself up to date until it is let go of. */
  Subscription watch() {
    return Subscription.combine(
        context.live().notices().watch(this::ask),
        context.live().workspace().subscribe(_ -> ask()));
  }

  private void ask() {
    asking++;
    ask(
        new Query.Channels(),
        answer -> {
          told = list(answer, NotifyViews.Channel.class);
          showChannels();
        });
    ask(
        new SecretQuery.Secrets(),
        answer -> {
          missing = list(answer, Secret.class).stream().filter(s -> !s.kept()).toList();
          showChannels();
        });
    ask(
        new Query.Notifications("dead", LETTERS),
        answer -> showLetters(list(answer, NotifyViews.Notification.class)));
    ask(new Query.Silences(), answer -> showSilences(list(answer, SloViews.Silence.class)));
    ask(
        new Query.ConfigSource(),
        answer -> showRoutes(Json.as(answer, Config.Source.class).values().path("notify")));
  }

  private void ask(Query query, Consumer<JsonNode> then) {
    int mine = asking;
    context
        .steering()
        .query(query)
        .whenComplete(
            (answer, failure) -> {
              if (mine != asking) {
                return; // It was asked again meanwhile.
              }
              if (failure == null) {
                then.accept(answer);
              } else if (query instanceof Query.Channels) {
                var fault = ErrorMessages.of(failure);
                channels
                    .getChildren()
                    .setAll(
                        Tone.RED.on(Widgets.prose(texts.said(fault.message()))),
                        Widgets.button(texts.text("action.retry"), this::ask));
              }
            });
  }

  private static <T> List<T> list(JsonNode answer, Class<T> type) {
    var all = new ArrayList<T>();
    answer.forEach(node -> all.add(Json.as(node, type)));
    return all;
  }

  // ── channels ────────────────────────────────────────────────────────────────────────────────

  private void showChannels() {
    channels.getChildren().setAll(told.stream().map(this::channel).toList());
  }

  /** A button for each secret that a channel names and that nobody has set. */
  private List<Button> secrets(String channel) {
    return missing.stream()
        .filter(secret -> secret.uses().contains("channel " + channel))
        .map(
            secret ->
                context.act(
                    texts.text("secrets.set.of", DisplayText.line(secret.name())),
                    () -> SecretSheet.open(context, secret.name(), this::ask)))
        .toList();
  }

  private HBox channel(NotifyViews.Channel c) {
    var name =
        Widgets.label(
            c.name() + (c.target().isEmpty() ? "" : " · " + c.type() + " · " + c.target()),
            "strong");
    var words = new VBox(2, name, Widgets.prose(state(c), "soft"));
    if (!c.problem().isEmpty()) {
      words.getChildren().add(Widgets.prose(DisplayText.line(texts.said(c.problem())), "muted"));
    }
    var test = tested.get(c.name());
    if (test != null) {
      var said =
          test.sent()
              ? texts.text("notify.tested", test.millis(), texts.said(test.answer()))
              : texts.text("notify.tested.not", texts.said(test.answer()));
      words
          .getChildren()
          .add((test.sent() ? Tone.GREEN : Tone.RED).on(Widgets.prose(DisplayText.line(said))));
    }
    secrets(c.name()).forEach(words.getChildren()::add);
    words.setMinWidth(0);
    var send = context.act(texts.text("notify.test"), () -> {});
    send.setOnAction(_ -> test(c.name(), send));
    send.setAccessibleText(texts.text("notify.test.of", c.name()));
    var tone =
        switch (c.state()) {
          case "ok" -> Tone.GREEN;
          case "failing" -> Tone.AMBER;
          case "dead letters" -> Tone.RED;
          default -> Tone.NEUTRAL;
        };
    var icon =
        switch (c.state()) {
          case "ok" -> Icon.PASSED;
          case "failing" -> Icon.WARNED;
          case "dead letters" -> Icon.FAILED;
          default -> Icon.IDLE;
        };
    return line(icon, tone, words, send);
  }

  private String state(NotifyViews.Channel c) {
    var now = context.live().now().get();
    var said =
        new StringBuilder(
            switch (c.state()) {
              case "ok" -> texts.text("notify.ok");
              case "failing" -> texts.text("notify.failing", c.pending());
              case "dead letters" -> texts.text("notify.dead", c.dead());
              default -> texts.text("notify.unused");
            });
    if (c.sentAt() != null) {
      said.append(" · ").append(texts.text("notify.sent", texts.ago(c.sentAt(), now)));
    }
    if (c.state().equals("dead letters") && c.pending() > 0) {
      said.append(" · ").append(texts.text("notify.failing", c.pending()));
    }
    return said.toString();
  }

  private void test(String channel, Button button) {
    button.disableProperty().unbind();
    button.setDisable(true);
    context
        .steering()
        .send(new Command.TestChannel(channel))
        .whenComplete(
            (answer, failure) -> {
              tested.put(
                  channel,
                  failure == null
                      ? Json.as(answer, NotifyViews.Tested.class)
                      : new NotifyViews.Tested(
                          channel,
                          false,
                          ErrorMessages.of(failure).message()
                              + " "
                              + ErrorMessages.of(failure).hint(),
                          0));
              ask();
            });
  }

  // ── what was given up ───────────────────────────────────────────────────────────────────────

  private void showLetters(List<NotifyViews.Notification> dead) {
    Widgets.show(letters, !dead.isEmpty());
    letters.getChildren().setAll(Widgets.label(texts.text("notify.letters"), "strong"));
    dead.forEach(
        n -> {
          var words =
              new VBox(
                  2,
                  Widgets.label(texts.said(n.title())),
                  Widgets.prose(
                      texts.text(
                          "notify.letter",
                          n.channel(),
                          texts.ago(n.createdAt(), context.live().now().get()),
                          n.attempts(),
                          DisplayText.line(texts.said(n.answer()))),
                      "soft"));
          words.setMinWidth(0);
          var again =
              context.act(
                  texts.text("notify.retry"), () -> steer(new Command.RetryNotification(n.id())));
          var drop =
              context.act(
                  texts.text("notify.drop"), () -> steer(new Command.DropNotification(n.id())));
          letters
              .getChildren()
              .add(line(Icon.FAILED, Tone.RED, words, Widgets.row(8, again, drop)));
        });
  }

  private void steer(Command command) {
    context.steering().execute(command).thenAccept(_ -> ask());
  }

  // ── who is told of what ─────────────────────────────────────────────────────────────────────

  private void showRoutes(JsonNode notify) {
    var words = new ArrayList<Node>();
    words.add(Widgets.label(texts.text("notify.routes"), "strong"));
    for (var route : notify.path("routes")) {
      var match = DisplayText.line(route.path("match").asText());
      var to = names(route.path("to"));
      words.add(
          Widgets.prose(
              match.isEmpty()
                  ? texts.text("notify.route.all", to)
                  : texts.text("notify.route", match, to),
              "soft"));
      for (var step : route.path("escalate")) {
        words.add(
            Widgets.prose(
                step.has("after")
                    ? texts.text(
                        "notify.route.after", step.path("after").asText(), names(step.path("to")))
                    : texts.text(
                        "notify.route.repeats",
                        step.path("repeats").asInt(),
                        names(step.path("to"))),
                "muted"));
      }
    }
    words.add(
        Widgets.prose(
            texts.text(notify.path("routes").isEmpty() ? "notify.route.none" : "notify.route.rest"),
            "soft"));
    var quiet = notify.path("quiet");
    words.add(
        Widgets.prose(
            quiet.isMissingNode() || quiet.isNull()
                ? texts.text("notify.quiet.none")
                : texts.text(
                    "notify.quiet",
                    quiet.path("from").asText(),
                    quiet.path("to").asText(),
                    quiet.has("zone")
                        ? quiet.path("zone").asText()
                        : texts.text("notify.quiet.here")),
            "soft"));
    routes.getChildren().setAll(words);
  }

  private String names(JsonNode to) {
    var names = new ArrayList<String>();
    if (to.isArray()) {
      to.forEach(n -> names.add(n.asText()));
    } else {
      names.add(to.asText());
    }
    return DisplayText.line(String.join(", ", names));
  }

  private void showSilences(List<SloViews.Silence> all) {
    Widgets.show(silences, !all.isEmpty());
    silences
        .getChildren()
        .setAll(
            all.stream()
                .map(
                    s -> {
                      var words =
                          Widgets.prose(
                              texts.text("notify.silence", s.matchers(), texts.moment(s.ends()))
                                  + (s.comment().isEmpty() ? "" : " · " + s.comment()),
                              "soft");
                      words.setMinWidth(0);
                      return line(
                          Icon.SILENCED,
                          Tone.NEUTRAL,
                          new VBox(words),
                          context.act(
                              texts.text("slo.silence.end"),
                              () -> steer(new Command.EndSilence(s.id()))));
                    })
                .toList());
  }

  private static HBox line(Icon icon, Tone tone, VBox words, Node action) {
    var line = new HBox(10, tone.on(icon.node()), Widgets.grow(words), action);
    line.setAlignment(Pos.CENTER_LEFT);
    line.getStyleClass().add("list-line");
    return line;
  }
}
