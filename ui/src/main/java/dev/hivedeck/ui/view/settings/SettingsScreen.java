package dev.hivedeck.ui.view.settings;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.ClosePolicy;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import javafx.util.Subscription;
import org.controlsfx.control.SegmentedButton;

/** Look, language, and the workspace in facts. */
public final class SettingsScreen implements Screen {
  private static final String CONFIG = "config/";

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final ScrollPane scroll;
  private final GridPane facts = new GridPane(18, 8);
  private final VBox trust = new VBox(8);
  private final VBox kept = new VBox(6);
  private final VBox drift = new VBox(0);
  private final PermissionRules rules;
  private final NotificationSettings notifications;
  private final SecretSettings secrets;
  private final Optional<UpgradeSettings> upgrades;
  private final ConfigEditor config;
  private final ToggleButton general;
  private final ToggleButton file;
  private final VBox problems = new VBox(6);
  private final Map<String, Node> sections = new HashMap<>();
  private Subscription watching = () -> {};

  public SettingsScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    var reconcile =
        context.act(
            texts.text("action.reconcile"),
            () -> context.steering().execute(new Command.Reconcile()));
    reconcile.setGraphic(Icon.RETRY.node());
    rules = new PermissionRules(context);
    notifications = new NotificationSettings(context);
    secrets = new SecretSettings(context);
    upgrades = context.upgrades().map(known -> new UpgradeSettings(context, known));
    var channels =
        Widgets.button(
            texts.text("notify.edit"),
            () -> context.go().to(ScreenId.SETTINGS, CONFIG + "channels"));
    channels.setGraphic(Icon.EDIT.node());
    var add = context.act(texts.text("permissions.add"), rules::add);
    add.setGraphic(Icon.ADD.node());
    scroll =
        new ScrollPane(
            new CardColumns(
                context.theme(),
                cards(
                    section("workspace", new VBox(10, problems, facts)),
                    section("permissions", rules, add),
                    section("look", look()),
                    section("notifications", notifications, channels),
                    section("secrets", secrets),
                    section("drift", drift, reconcile),
                    section("trust", trust),
                    section("kept", kept))));
    scroll.setFitToWidth(true);
    scroll.setFocusTraversable(false);
    scroll.getStyleClass().add("plain-scroll");
    config = new ConfigEditor(context);
    general = new ToggleButton(texts.text("settings.general"));
    file = new ToggleButton(texts.text("settings.config"));
    var title = Widgets.title(texts.text("place.settings"));
    var head = Widgets.head(title, views());
    node = Widgets.screen(head, scroll);
  }

  /** Whether one looks at the workspace in general, or edits its file. */
  private Node views() {
    var group = new ToggleGroup();
    var both = new SegmentedButton(general, file);
    both.setToggleGroup(group);
    List.of(general, file).forEach(button -> button.setToggleGroup(group));
    general.setSelected(true);
    Widgets.oneChosen(
        group,
        now -> {
          var body = now == file ? config : scroll;
          node.getChildren().set(1, body);
          Widgets.grow(body);
        });
    return both;
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    var live = context.live();
    watching =
        Subscription.combine(
            live.workspace().subscribe(this::show),
            live.kept().watch(this::showKept),
            live.drift().watch(this::showDrift),
            rules.watch(),
            notifications.watch(),
            secrets.watch(),
            upgrades.map(UpgradeSettings::watch).orElse(Subscription.EMPTY),
            config.watch());
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  /**
   * Shows the section of that name: workspace, trust, permissions, notifications, secrets, kept,
   * drift; or of the file: config/agents, config/agents/codex, config/budgets.
   */
  @Override
  public void open(String id) {
    boolean ofFile = id.startsWith(CONFIG);
    (ofFile ? file : general).setSelected(true);
    if (ofFile) {
      config.open(id.substring(CONFIG.length()));
      return;
    }
    var section = sections.get(id);
    if (section != null) {
      node.layout();
      var whole = scroll.getContent().getBoundsInLocal().getHeight();
      var view = scroll.getViewportBounds().getHeight();
      var y = section.getBoundsInParent().getMinY();
      scroll.setVvalue(whole <= view ? 0 : Math.clamp(y / (whole - view), 0, 1));
    }
  }

  /** These, and that of newer versions where this program sees to them. */
  private Node[] cards(Node... always) {
    var cards = new ArrayList<>(List.of(always));
    upgrades.ifPresent(card -> cards.add(section("upgrade", card, card.look())));
    return cards.toArray(Node[]::new);
  }

  private VBox section(String name, Node content, Node... actions) {
    var heading = Widgets.label(texts.text("settings." + name), "card-title");
    var head = Widgets.row(8, heading, Widgets.spacer());
    head.getChildren().addAll(actions);
    var card = Widgets.card(head, content);
    sections.put(name, card);
    return card;
  }

  private Node look() {
    var group = new ToggleGroup();
    var buttons =
        java.util.Arrays.stream(Theme.Preference.values())
            .map(
                c -> {
                  var b = new ToggleButton(texts.word("settings.theme", c));
                  b.setUserData(c);
                  b.setToggleGroup(group);
                  b.setSelected(context.theme().choice().get() == c);
                  b.setGraphic(
                      (switch (c) {
                            case SYSTEM -> Icon.THEME_SYSTEM;
                            case DARK -> Icon.THEME_DARK;
                            case LIGHT -> Icon.THEME_LIGHT;
                          })
                          .node());
                  return b;
                })
            .toList();
    var segments = new SegmentedButton();
    segments.setToggleGroup(null);
    segments.getButtons().setAll(buttons);
    buttons.forEach(b -> b.setToggleGroup(group));
    Widgets.oneChosen(group, now -> context.theme().choose((Theme.Preference) now.getUserData()));
    context
        .theme()
        .choice()
        .subscribe(c -> buttons.forEach(b -> b.setSelected(b.getUserData() == c)));

    var size = new Slider(0.85, 1.5, context.theme().scale().get());
    size.setBlockIncrement(0.05);
    size.setMajorTickUnit(0.05);
    size.setMinorTickCount(0);
    size.setSnapToTicks(true);
    size.setAccessibleText(texts.text("settings.text"));
    size.setPrefWidth(220);
    size.setMaxWidth(220);
    var percent = Widgets.label("", "mono");
    percent.setMinWidth(Region.USE_PREF_SIZE);
    percent.textProperty().bind(context.theme().scale().map(s -> texts.percent(round(s))));
    // While dragging, the page would move under the pointer: apply when let go.
    size.valueProperty()
        .subscribe(
            v -> {
              if (!size.isValueChanging()) {
                context.theme().scale(round(v));
              }
            });
    size.valueChangingProperty()
        .subscribe(
            changing -> {
              if (!changing) {
                context.theme().scale(round(size.getValue()));
              }
            });
    context
        .theme()
        .scale()
        .subscribe(
            s -> {
              if (!size.isValueChanging() && round(size.getValue()) != round(s)) {
                size.setValue(s.doubleValue());
              }
            });

    var language = new ComboBox<Locale>();
    language.getItems().setAll(Texts.LANGUAGES);
    language.setConverter(new LanguageName());
    language.setValue(Locale.of(texts.locale().getLanguage()));
    language.setAccessibleText(texts.text("settings.language"));
    language
        .valueProperty()
        .addListener(
            (_, old, now) -> {
              if (!now.equals(old)) {
                context.settings().put("language", now.getLanguage());
              }
            });
    var closing = new ComboBox<ClosePolicy>();
    closing.getItems().setAll(ClosePolicy.values());
    closing.setConverter(new ClosingName());
    closing.setValue(ClosePolicy.of(context.settings()));
    closing.setAccessibleText(texts.text("settings.closing"));
    closing.valueProperty().addListener((_, _, now) -> now.remember(context.settings()));
    context.settings().watch("closing", _ -> closing.setValue(ClosePolicy.of(context.settings())));
    return Widgets.column(
        12,
        Widgets.line(18, name("settings.theme"), segments),
        Widgets.line(18, name("settings.text"), Widgets.row(10, size, percent)),
        Widgets.line(18, name("settings.language"), language),
        Widgets.line(18, name("settings.closing"), closing));
  }

  private static double round(Number scale) {
    return Math.round(scale.doubleValue() * 20) / 20.0;
  }

  private Node name(String key) {
    var label = Widgets.label(texts.text(key), "muted");
    label.minWidthProperty().bind(context.theme().scale().multiply(120));
    return label;
  }

  private void show(WorkspaceViews.Workspace w) {
    if (w == null) {
      return;
    }
    facts.getChildren().clear();
    int row = 0;
    row = fact(row, "settings.name", w.name(), false);
    row = fact(row, "settings.path", w.path(), true);
    row = fact(row, "settings.main", w.main() + " " + w.commit(), true);
    row =
        fact(
            row,
            "settings.checkout",
            w.checkout() == null
                ? texts.text("settings.detached")
                : w.behind() > 0
                    ? texts.text("settings.behind", w.checkout(), w.behind())
                    : w.checkout(),
            false);
    row = fact(row, "settings.plan", Objects.requireNonNullElse(w.plan(), "–"), false);
    row = fact(row, "settings.limit", texts.count(w.limit()), false);
    row =
        fact(
            row,
            "settings.engine",
            w.engine()
                + " · "
                + texts.span(Duration.between(w.startedAt(), context.live().now().get())),
            false);
    var stats = context.live().stats().get();
    if (stats != null) {
      row = fact(row, "settings.api", stats.api(), true);
      fact(row, "settings.feed", stats.feed(), true);
    }
    problems
        .getChildren()
        .setAll(
            Objects.requireNonNullElse(w.problems(), List.<String>of()).stream()
                .map(
                    p -> {
                      var line =
                          new HBox(
                              8,
                              Tone.RED.on(Icon.WARNED.node()),
                              Widgets.grow(Widgets.prose(texts.said(p))));
                      line.setAlignment(Pos.TOP_LEFT);
                      return line;
                    })
                .toList());
    Widgets.show(problems, !problems.getChildren().isEmpty());
    showTrust(w);
  }

  private int fact(int row, String key, String value, boolean copy) {
    var label = Widgets.label(value == null ? "–" : value);
    if (copy) {
      label.getStyleClass().add("mono");
    }
    var line = Widgets.row(6, label);
    if (copy && value != null && !value.isBlank()) {
      line.getChildren()
          .add(
              Widgets.icon(
                  Icon.COPY,
                  texts.text("action.copy", texts.text(key)),
                  () -> {
                    var content = new ClipboardContent();
                    content.putString(value);
                    Clipboard.getSystemClipboard().setContent(content);
                    context.notices().say(texts.text("action.copied", value));
                  },
                  "flat",
                  "facts-copy"));
    }
    GridPane.setHgrow(line, Priority.ALWAYS);
    facts.addRow(row, name(key), line);
    return row + 1;
  }

  private void showTrust(WorkspaceViews.Workspace w) {
    if (w.trusted()) {
      trust
          .getChildren()
          .setAll(
              Widgets.row(
                  8,
                  Tone.GREEN.on(Icon.TRUSTED.node()),
                  Widgets.prose(texts.text("settings.trusted"), "soft")));
      return;
    }
    trust
        .getChildren()
        .setAll(
            Widgets.prose(Printable.line(texts.said(w.consent().why())), "soft"),
            Widgets.row(
                8,
                Widgets.button(
                    texts.text("banner.untrusted.look"), context.go()::review, "accent")));
  }

  private void showKept() {
    var all = context.live().kept().all();
    kept.getChildren().clear();
    if (all.isEmpty()) {
      kept.getChildren().add(Widgets.prose(texts.text("settings.kept.none"), "soft"));
      return;
    }
    kept.getChildren().add(Widgets.prose(texts.text("settings.kept.why"), "soft"));
    all.stream()
        .sorted(java.util.Comparator.comparing(AttemptViews.Kept::at).reversed())
        .limit(100)
        .forEach(
            k -> {
              var what =
                  Widgets.label(
                      Objects.requireNonNullElse(
                          k.attempt(), Objects.requireNonNullElse(k.task(), k.id())),
                      "strong");
              var restore =
                  context.act(
                      texts.text("settings.restore"),
                      () ->
                          context
                              .steering()
                              .execute(new Command.RestoreKept(k.id(), null))
                              .thenAccept(
                                  r ->
                                      context
                                          .notices()
                                          .say(
                                              texts.text(
                                                  "settings.restored",
                                                  r.path("branch").asText()))));
              restore.setAccessibleText(texts.text("settings.restore.of", what.getText()));
              var about =
                  Widgets.prose(
                      texts.said(k.why())
                          + " · "
                          + (k.files() == 0 ? "" : texts.text("settings.files", k.files()) + " · ")
                          + (k.bytes() == 0 ? "" : texts.bytes(k.bytes()) + " · ")
                          + texts.ago(k.at(), context.live().now().get()),
                      "soft");
              kept.getChildren().add(line(Icon.KEPT, Tone.NEUTRAL, what, about, restore));
            });
  }

  private void showDrift() {
    var all = context.live().drift().all();
    drift.getChildren().clear();
    if (all.isEmpty()) {
      drift
          .getChildren()
          .add(
              Widgets.row(
                  8,
                  Tone.GREEN.on(Icon.PASSED.node()),
                  Widgets.prose(texts.text("settings.drift.none"), "soft")));
      return;
    }
    all.forEach(
        d -> {
          var what = Widgets.prose(texts.said(d.what()), "strong");
          var why = Widgets.prose(d.why() == null ? "" : texts.said(d.why()), "soft");
          Node action =
              d.repair() == null && d.remedies().isEmpty()
                  ? Widgets.prose(texts.text("settings.drift.look"), "muted")
                  : remedies(d);
          drift.getChildren().add(line(Icon.DRIFT, Tone.AMBER, what, why, action));
        });
  }

  private Node remedies(DriftViews.Drift d) {
    var row = Widgets.row(8);
    if (d.repair() != null) {
      row.getChildren().add(repair(d));
    }
    for (var remedy : d.remedies()) {
      String words = texts.said(remedy.words());
      var button =
          context.act(
              words,
              () ->
                  context.steering().execute(new Command.Repair(d.id(), remedy.id(), d.digest())));
      button.setTooltip(Widgets.tooltip(words));
      row.getChildren().add(button);
    }
    return row;
  }

  private Node repair(DriftViews.Drift d) {
    var button =
        context.act(
            texts.text("settings.repair"),
            () -> context.steering().execute(new Command.Repair(d.id(), null, d.digest())));
    button.setGraphic(Icon.REPAIR.node());
    var words = texts.said(d.repair());
    button.setTooltip(Widgets.tooltip(words));
    button.setAccessibleText(texts.text("settings.repair") + ": " + words);
    return button;
  }

  private static HBox line(Icon icon, Tone tone, Region what, Region about, Node action) {
    var words = new VBox(2, what, about);
    words.setMinWidth(0);
    var line = new HBox(10, tone.on(icon.node()), Widgets.grow(words), action);
    line.setAlignment(Pos.CENTER_LEFT);
    line.getStyleClass().add("list-line");
    return line;
  }

  private final class ClosingName extends StringConverter<ClosePolicy> {
    @Override
    public String toString(ClosePolicy closePolicy) {
      return closePolicy == null ? "" : texts.word("closing", closePolicy);
    }

    @Override
    public ClosePolicy fromString(String name) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class LanguageName extends StringConverter<Locale> {
    @Override
    public String toString(Locale locale) {
      return locale == null ? "" : locale.getDisplayLanguage(locale);
    }

    @Override
    public Locale fromString(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
