package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.RolloutRegistration;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.ui.control.chart.Drawing;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.rollout.flag.FlagsPane;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** How new versions are exposed: what is known of one, what happens next, what can be done. */
public final class RolloutsScreen implements Screen {
  /** What has a use of its own for arrows. */
  private static final List<Class<? extends Node>> OWN = List.of(Slider.class, Drawing.class);

  /** Stands for the flags among the rollouts; none of them is called so. */
  private static final String FLAGS = "flags";

  private final ScreenContext context;
  private final Texts texts;
  private final RolloutWords words;
  private final EntityStore<Rollout> rollouts;
  private final RolloutFeed feed;
  private final FilterBar<String> bar;
  private final Label summary = Widgets.label("", "soft");
  private final RolloutVerdict verdict;
  private final EvidenceCharts charts;
  private final JudgementCard judgement;
  private final NextCard next;
  private final PlannerCard planner;
  private final RolloutHistory history;
  private final ScrollPane filled;
  private final FlagsPane flags;
  private final StackPane body = new StackPane();
  private final ErrorBoundary boundary;
  private final VBox node;
  private Subscription watching = () -> {};

  /** One of the past that is looked at again; null for one that goes on. */
  private String past;

  public RolloutsScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    words = new RolloutWords(texts);
    rollouts = context.live().things(RolloutRegistration.ROLLOUT, Rollout.class);
    feed = new RolloutFeed(context, this::renew);
    bar = new FilterBar<>(texts);
    bar.chosenProperty()
        .addListener(
            (_, _, _) -> {
              past = null;
              renew();
            });
    verdict = new RolloutVerdict(context, words);
    charts = new EvidenceCharts(context, words);
    judgement = new JudgementCard(context, words);
    next = new NextCard(context, words);
    planner = new PlannerCard(context, words, feed);
    history = new RolloutHistory(context, this::open);
    filled =
        Widgets.scroll(
            new RolloutCards(
                context.theme().scale().get(),
                verdict,
                charts.cards(),
                judgement,
                next,
                planner,
                history));
    flags = new FlagsPane(context, this::start, this::renew);
    boundary = new ErrorBoundary(body, texts);
    var start = context.act(texts.text("rollout.new"), this::start, "accent");
    start.setGraphic(Icon.ADD.node());
    node =
        Widgets.screen(
            Widgets.head(
                Widgets.title(texts.text(ScreenId.ROLLOUTS.key())),
                bar,
                Widgets.grow(summary),
                start),
            body);
    node.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching = Subscription.combine(rollouts.watch(this::renew), feed.begin(), flags.begin());
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public void open(String id) {
    var subject = RolloutSubject.of(id);
    boolean isFlag = subject.kind() == RolloutSubject.Kind.FLAG;
    if (isFlag || (rollouts.get(id).isEmpty() && flags.has(id))) {
      flags.open(isFlag ? subject.name() : id);
      bar.choose(FLAGS);
      return;
    }
    rollouts
        .get(id)
        .ifPresent(
            r -> {
              bar.choose(r.state().isOver() ? null : id);
              past = r.state().isOver() ? id : null;
              renew();
            });
  }

  @Override
  public Node list() {
    if (areFlags()) {
      return flags.list();
    }
    return verdict.slider().keys();
  }

  @Override
  public String chosen() {
    if (areFlags()) {
      return flags.chosen();
    }
    var one = one();
    return one == null ? null : one.id();
  }

  @Override
  public boolean typed(char letter) {
    if (Hotkey.FLAGS.typed(letter)) {
      bar.choose(areFlags() ? null : FLAGS);
      return true;
    }
    if (areFlags()) {
      return flags.typed(letter);
    }
    if (one() == null) {
      return false;
    }
    if (Hotkey.HOLD_ROLLOUT.typed(letter)) {
      verdict.hold();
    } else if (Hotkey.ROLL_BACK.typed(letter)) {
      verdict.rollBack();
    } else {
      return false;
    }
    return true;
  }

  private void pressed(KeyEvent e) {
    if (areFlags() || one() == null || e.getTarget() instanceof TextInputControl) {
      return;
    }
    int percent = Hotkey.LESS_TRAFFIC.pressed(e) ? -1 : Hotkey.MORE_TRAFFIC.pressed(e) ? 1 : 0;
    if (Hotkey.TAKE_BACK_WEIGHT.pressed(e)) {
      verdict.slider().undo();
    } else if (percent != 0 && OWN.stream().noneMatch(kind -> kind.isInstance(e.getTarget()))) {
      verdict.slider().nudge(percent);
    } else {
      return;
    }
    e.consume();
  }

  /** Whether flags are looked at. */
  private boolean areFlags() {
    return FLAGS.equals(bar.chosen());
  }

  private void start() {
    StartSheet.open(context, words, this::open);
  }

  /** The one that is looked at: of the past where that is wanted, else one that goes on. */
  private Rollout one() {
    if (past != null && rollouts.get(past).isPresent()) {
      return rollouts.get(past).get();
    }
    var going = going();
    return going.stream()
        .filter(r -> r.id().equals(bar.chosen()))
        .findFirst()
        .or(() -> going.stream().findFirst())
        .or(() -> over().stream().findFirst())
        .orElse(null);
  }

  private List<Rollout> going() {
    return sorted().filter(r -> !r.state().isOver()).toList();
  }

  private List<Rollout> over() {
    return sorted().filter(r -> r.state().isOver()).toList();
  }

  private Stream<Rollout> sorted() {
    return rollouts.all().stream().sorted(Comparator.comparing(Rollout::startedAt).reversed());
  }

  private void renew() {
    boundary.fill(this::fill);
  }

  private void fill() {
    var going = going();
    var pills = new ArrayList<FilterBar.Pill<String>>();
    going.forEach(
        r -> pills.add(new FilterBar.Pill<>(r.id(), words.name(r) + "  " + words.weight(r))));
    pills.add(new FilterBar.Pill<>(FLAGS, texts.text("flags.name"), flags.count()));
    bar.show(pills);
    if (areFlags()) {
      fillFlags();
      return;
    }
    var one = one();
    var wanted = one == null || one.state().isOver() ? null : one.id();
    if (wanted != null && !wanted.equals(bar.chosen())) {
      bar.choose(wanted); // tells us again, with it chosen
      return;
    }
    long asked = going.stream().filter(r -> r.held() != null).count();
    summary.setText(texts.text("rollout.summary", going.size(), asked));
    feed.of(one);
    if (one == null) {
      body.getChildren()
          .setAll(
              Widgets.card(
                  Widgets.grow(
                      EmptyState.empty(
                          ScreenId.ROLLOUTS.icon(),
                          texts.text("rollout.empty"),
                          texts.text("rollout.empty.more"),
                          context.act(texts.text("rollout.new"), this::start),
                          Widgets.button(
                              texts.text("services.empty.write"),
                              () -> context.go().to(ScreenId.SETTINGS, null))))));
      return;
    }
    if (body.getChildren().isEmpty() || body.getChildren().getFirst() != filled) {
      body.getChildren().setAll(filled);
    }
    var f = feed.figures();
    verdict.show(one, f);
    charts.show(one, f, feed.samples());
    judgement.show(one, f);
    next.show(one, f, feed.plan(3.0));
    planner.show(one);
    history.show(over());
  }

  private void fillFlags() {
    summary.setText(texts.text("flags.summary", flags.count(), flags.killed()));
    feed.of(null);
    if (body.getChildren().isEmpty() || body.getChildren().getFirst() != flags) {
      body.getChildren().setAll(flags);
    }
  }
}
