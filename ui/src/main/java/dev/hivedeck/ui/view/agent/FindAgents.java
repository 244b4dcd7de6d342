package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Discovery.Category;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.Clis;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Definitions;
import dev.hivedeck.engine.protocol.Discovery.Imported;
import dev.hivedeck.engine.protocol.Discovery.Standing;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.agent.DiscoveryCell.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/**
 * What could work here: the command line agents of this machine and the definitions in the
 * repository, of which any number become agents at once.
 */
final class FindAgents extends VBox {
  private static final double ROW = 48;

  private final ScreenContext context;
  private final Texts texts;
  private final Runnable back;
  private final CliCards cards;
  private final Label clisAre = Widgets.label("", "soft");
  private final StackPane body = new StackPane();
  private final FilterField search;
  private final FilterBar<Category> categories;
  private final CheckBox all = new CheckBox();
  private final ListView<Row> list = new ListView<>();
  private final VBox found;
  private final BooleanProperty off = new SimpleBooleanProperty();
  private final Button add;
  private final Set<String> chosen = new LinkedHashSet<>();
  private final Map<String, String> words = new HashMap<>();
  private Definitions definitions = new Definitions(List.of(), List.of());

  /**
   * @param back leads to the agents there are
   */
  FindAgents(ScreenContext context, Runnable back) {
    super(12);
    this.context = context;
    this.texts = context.texts();
    this.back = back;
    cards = new CliCards(context);
    search = new FilterField(texts.text("find.search"), this::renew, this::firstFound);
    categories = new FilterBar<>(texts);
    categories.chosenProperty().addListener((_, _, _) -> renew());
    add = context.act(Widgets.button("", this::add, "accent"), off);
    add.setGraphic(Icon.ADD.node());
    var again = Widgets.button(texts.text("find.again"), this::look);
    again.setGraphic(Icon.RETRY.node());
    var title = Widgets.title(texts.text("find.title"));
    var head =
        Widgets.head(
            Widgets.icon(Icon.LEFT, texts.text("find.back"), back, "flat"),
            title,
            Widgets.grow(Widgets.label(texts.text("find.summary"), "soft")),
            again,
            add);
    var installed =
        Widgets.card(
            Widgets.row(10, Widgets.label(texts.text("find.installed"), "card-title"), clisAre),
            cards);
    installed.setMinHeight(Region.USE_PREF_SIZE);
    found = found();
    body.getChildren().setAll(found);
    VBox.setVgrow(body, Priority.ALWAYS);
    getStyleClass().add("find-agents");
    getChildren().addAll(head, installed, body);
    addEventHandler(KeyEvent.KEY_PRESSED, this::key);
    count();
  }

  private VBox found() {
    search.setPrefWidth(260);
    search.setMinWidth(160);
    all.setOnAction(_ -> choose(shown(), all.isSelected()));
    all.setMinWidth(Region.USE_PREF_SIZE);
    list.setCellFactory(_ -> new DiscoveryCell(texts, chosen::contains, this::toggle));
    list.fixedCellSizeProperty().bind(context.theme().scale().multiply(ROW));
    list.setAccessibleText(texts.text("find.defined"));
    list.getStyleClass().add("found");
    list.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.TICK.pressed(e)
              && list.getSelectionModel().getSelectedItem() instanceof Row.Item(Definition d)) {
            toggle(d.id());
            e.consume();
          } else if (Hotkey.MARK_ALL.pressed(e)) {
            choose(shown(), true);
            e.consume();
          } else if (Hotkey.BACK.pressed(e)) {
            // A list takes this key for the end of an editing that there is none of.
            back.run();
            e.consume();
          }
        });
    VBox.setVgrow(list, Priority.ALWAYS);
    var heading = Widgets.label(texts.text("find.defined"), "card-title");
    heading.setMinWidth(Region.USE_PREF_SIZE);
    var bar = new HBox(12, heading, search, Widgets.grow(categories), all);
    bar.setAlignment(Pos.CENTER_LEFT);
    return Widgets.card(bar, list);
  }

  private Node firstFound() {
    list.getSelectionModel().select(Math.min(1, list.getItems().size() - 1));
    return list;
  }

  private void key(KeyEvent e) {
    if (Hotkey.BACK.pressed(e)) {
      back.run();
      e.consume();
    } else if (Hotkey.SEND.pressed(e) && !add.isDisabled()) {
      add();
      e.consume();
    }
  }

  /** Looks around anew. */
  void look() {
    clisAre.setText(texts.text("find.asking"));
    context
        .steering()
        .query(new Query.Clis())
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                clisAre.setText(texts.said(ErrorMessages.of(failure).message()));
                return;
              }
              var clis = Json.as(answer, Clis.class).clis();
              long ready = clis.stream().filter(c -> c.state() == CliState.READY).count();
              clisAre.setText(texts.text("find.ready", ready, clis.size()));
              cards.show(clis);
            });
    lookForDefinitions();
  }

  private void lookForDefinitions() {
    context
        .steering()
        .query(new Query.Definitions())
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                body.getChildren()
                    .setAll(EmptyState.failed(texts, ErrorMessages.of(failure), this::look));
                return;
              }
              show(Json.as(answer, Definitions.class));
            });
  }

  private void show(Definitions news) {
    definitions = news;
    words.clear();
    for (var d : news.definitions()) {
      var text = String.join(" ", d.name(), d.role(), d.id(), d.reason(), d.form().word());
      words.put(d.id(), text.toLowerCase(Locale.ROOT));
    }
    var free = news.definitions().stream().filter(this::free).map(Definition::id).toList();
    chosen.retainAll(Set.copyOf(free));
    if (news.definitions().isEmpty() && news.troubles().isEmpty()) {
      body.getChildren()
          .setAll(
              Widgets.card(
                  Widgets.grow(
                      EmptyState.empty(
                          Icon.SEARCH, texts.text("find.none"), texts.text("find.none.more")))));
    } else {
      body.getChildren().setAll(found);
    }
    renew();
  }

  private boolean free(Definition d) {
    return d.standing() == Standing.NEW;
  }

  // ── what is shown and chosen ────────────────────────────────────────────────────────────────

  private List<Definition> matching() {
    var sought = search.getText().toLowerCase(Locale.ROOT).strip().split("\\s+");
    return definitions.definitions().stream()
        .filter(d -> Arrays.stream(sought).allMatch(words.get(d.id())::contains))
        .toList();
  }

  private List<Definition> shown() {
    var category = categories.chosen();
    return matching().stream().filter(d -> category == null || d.category() == category).toList();
  }

  private void renew() {
    var matching = matching();
    var counts =
        matching.stream()
            .collect(Collectors.groupingBy(Definition::category, Collectors.counting()));
    var pills = new ArrayList<FilterBar.Pill<Category>>();
    pills.add(new FilterBar.Pill<>(null, texts.text("filter.all"), matching.size()));
    for (var category : Category.values()) {
      if (counts.containsKey(category) || category == categories.chosen()) {
        pills.add(
            new FilterBar.Pill<>(
                category, texts.word("category", category), counts.getOrDefault(category, 0L)));
      }
    }
    categories.show(pills);
    var rows = new ArrayList<Row>();
    var byCategory = shown().stream().collect(Collectors.groupingBy(Definition::category));
    for (var category : Category.values()) {
      var some = byCategory.getOrDefault(category, List.of());
      if (!some.isEmpty()) {
        rows.add(new Row.Group(category, some.size()));
        some.forEach(d -> rows.add(new Row.Item(d)));
      }
    }
    if (!definitions.troubles().isEmpty() && categories.chosen() == null) {
      rows.add(new Row.Unread(definitions.troubles().size()));
      definitions.troubles().forEach(t -> rows.add(new Row.Bad(t)));
    }
    list.getItems().setAll(rows);
    count();
  }

  private void toggle(String id) {
    if (!chosen.remove(id)) {
      chosen.add(id);
    }
    list.refresh();
    count();
  }

  private void choose(List<Definition> some, boolean yes) {
    for (var d : some) {
      if (free(d) && yes) {
        chosen.add(d.id());
      } else {
        chosen.remove(d.id());
      }
    }
    list.refresh();
    count();
  }

  private void count() {
    var free = shown().stream().filter(this::free).toList();
    long picked = free.stream().filter(d -> chosen.contains(d.id())).count();
    all.setText(texts.text("find.all", free.size()));
    all.setDisable(free.isEmpty());
    all.setIndeterminate(picked > 0 && picked < free.size());
    all.setSelected(picked > 0 && picked == free.size());
    add.setText(texts.text("find.add", chosen.size()));
    off.set(chosen.isEmpty());
  }

  private void add() {
    off.set(true);
    context
        .steering()
        .execute(new Command.ImportAgents(List.copyOf(chosen)))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                count(); // Why was told already; what was chosen stays so.
                return;
              }
              var done = Json.as(answer, Imported.class);
              chosen.clear();
              lookForDefinitions();
              if (!done.added().isEmpty()) {
                context
                    .notices()
                    .done(
                        texts.text(
                            "find.added", done.added().size(), done.file(), done.from(), done.to()),
                        () -> remove(done.added()));
              }
            });
  }

  private void remove(List<String> names) {
    context
        .steering()
        .execute(new Command.RemoveAgents(names))
        .thenAccept(_ -> lookForDefinitions());
  }
}
