package dev.hivedeck.ui.view.service;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** What a service printed, the newest first, narrowed to an instance, a level or some letters. */
final class ServiceLogPane {
  private static final int KEPT = 2_000;
  private static final int PAGE = 1_000;
  private static final int FIRST = 300;

  /** As wide as most names of instances, in px; the tip has those that are longer. */
  private static final double NAME = 132;

  private static final String WARN = "warn";
  private static final String ERROR = "error";

  private final ScreenContext context;
  private final Texts texts;
  private final Label title = Widgets.label("", "card-title");
  private final FilterBar<String> instances;
  private final FilterBar<String> levels;
  private final FilterField search;
  private final ObservableList<ServiceLine> shown = FXCollections.observableArrayList();
  private final ListView<ServiceLine> list = new ListView<>(shown);
  private final VBox node;
  private List<ServiceLine> lines = new ArrayList<>();
  private String service = "";
  private List<String> names = List.of();
  private long next = -FIRST;
  private boolean asking;
  private int choice;

  ServiceLogPane(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    instances = new FilterBar<>(texts);
    levels = new FilterBar<>(texts);
    instances.chosenProperty().addListener((_, _, _) -> filter());
    levels.chosenProperty().addListener((_, _, _) -> filter());
    search = new FilterField(texts.text("services.log.find"), this::filter, () -> list);
    search.setPrefWidth(130);
    list.getStyleClass().add("service-log");
    list.setAccessibleText(texts.text("services.log.name"));
    list.setPlaceholder(Widgets.label(texts.text("services.log.empty"), "muted"));
    list.setCellFactory(_ -> new LineCell());
    var copy =
        Widgets.icon(
            Icon.COPY,
            texts.text("services.log.copy"),
            () ->
                Widgets.toClipboard(
                    shown.reversed().stream()
                        .map(ServiceLine::text)
                        .collect(Collectors.joining("\n"))));
    var head = Widgets.head(title, instances, Widgets.spacer(), levels, search, copy);
    VBox.setVgrow(list, Priority.ALWAYS);
    node = Widgets.card(head, list);
    node.getStyleClass().add("tight");
  }

  Region node() {
    return node;
  }

  /** Begins to follow. */
  Subscription begin() {
    return context.live().now().subscribe(_ -> ask());
  }

  /** Shows the log of this service; null for none. */
  void show(Service wanted) {
    String id = wanted == null ? "" : wanted.id();
    var now =
        wanted == null
            ? List.<String>of()
            : wanted.instances().stream().map(ServiceInstance::name).toList();
    boolean other = !id.equals(service);
    if (!other && now.equals(names)) {
      return;
    }
    names = now;
    if (other) {
      service = id;
      choice++;
      lines = new ArrayList<>();
      next = -FIRST;
      shown.clear();
      instances.choose(null);
      levels.choose(null);
      ask();
    }
    title.setText(wanted == null ? "" : texts.text("services.log", DisplayText.text(id)));
    pills();
  }

  /** Narrows it to an instance. */
  void choose(String instance) {
    instances.choose(instance);
  }

  private void pills() {
    var some = new ArrayList<FilterBar.Pill<String>>();
    if (names.size() > 1) {
      some.add(new FilterBar.Pill<>(null, texts.text("filter.all"), names.size()));
      names.forEach(name -> some.add(new FilterBar.Pill<>(name, name)));
    }
    instances.show(some);
    levels.show(
        List.of(
            new FilterBar.Pill<>(null, texts.text("services.log.all")),
            new FilterBar.Pill<>(WARN, texts.text("services.log.warn"), count(WARN)),
            new FilterBar.Pill<>(ERROR, texts.text("services.log.error"), count(ERROR))));
  }

  private long count(String level) {
    return lines.stream().filter(line -> line.level().equals(level)).count();
  }

  private void ask() {
    if (asking || service.isEmpty() || context.live().cut().get()) {
      return;
    }
    asking = true;
    int of = choice;
    context
        .steering()
        .query(new ServiceQuery.Log(service, null, next, PAGE))
        .whenComplete(
            (answer, failure) -> {
              asking = false;
              if (of != choice) {
                ask();
              } else if (failure == null) {
                take(Json.as(answer, ServiceLog.class));
              }
            });
  }

  private void take(ServiceLog page) {
    next = page.lines().isEmpty() ? page.total() : page.lines().getLast().index() + 1;
    if (page.lines().isEmpty()) {
      return;
    }
    lines.addAll(page.lines());
    if (lines.size() > KEPT) {
      lines = new ArrayList<>(lines.subList(lines.size() - KEPT, lines.size()));
    }
    pills();
    filter();
  }

  private void filter() {
    var wanted =
        lines.stream()
            .filter(l -> instances.chosen() == null || l.instance().equals(instances.chosen()))
            .filter(l -> levels.chosen() == null || l.level().equals(levels.chosen()))
            .filter(l -> search.finds(l.text()))
            .toList()
            .reversed();
    if (!wanted.equals(shown)) {
      shown.setAll(wanted);
    }
  }

  private final class LineCell extends ListCell<ServiceLine> {
    private final Label at = Widgets.label("", "mono", "muted");
    private final Label from = Widgets.label("", "mono");
    private final Label level = Widgets.label("", "mono");
    private final Label text = Widgets.label("", "mono");
    private final HBox row = Widgets.row(10, at, from, level, text);

    LineCell() {
      at.setMinWidth(Region.USE_PREF_SIZE);
      from.setMinWidth(NAME);
      from.setPrefWidth(NAME);
      from.setMaxWidth(NAME);
      level.setMinWidth(68);
      level.setPrefWidth(68);
      text.setMinWidth(0);
      HBox.setHgrow(text, Priority.ALWAYS);
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(ServiceLine line, boolean empty) {
      super.updateItem(line, empty);
      if (empty || line == null) {
        setGraphic(null);
        return;
      }
      at.setText(texts.time(line.at()));
      from.setText(DisplayText.line(line.instance()));
      Widgets.tip(from, line.instance());
      level.setText(line.level());
      text.setText(
          line.level().equals("hivedeck")
              ? texts.part(DisplayText.line(line.text()))
              : DisplayText.line(line.text()));
      var tone =
          switch (line.level()) {
            case ERROR -> Tone.RED;
            case WARN -> Tone.AMBER;
            case "hivedeck" -> Tone.BLUE;
            default -> Tone.NEUTRAL;
          };
      tone.on(level);
      setGraphic(row);
    }
  }
}
