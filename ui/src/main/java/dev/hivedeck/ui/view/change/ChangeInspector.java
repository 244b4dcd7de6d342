package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.control.diff.Reviewer;
import dev.hivedeck.ui.control.preview.PreviewBar;
import dev.hivedeck.ui.control.task.AlternativeTable;
import dev.hivedeck.ui.control.task.AttemptList;
import dev.hivedeck.ui.external.OpenTarget;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.WorktreeOpener;
import dev.hivedeck.ui.shell.notice.Choices;
import dev.hivedeck.ui.shell.settings.Drafts.Draft;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.change.reading.AdviceBar;
import dev.hivedeck.ui.view.change.reading.ReadingTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.TextArea;
import javafx.scene.input.InputEvent;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** One change: what it does, what the gates and people say of it, and the person's word. */
final class ChangeInspector extends StackPane implements Reviewer {
  private final ScreenContext context;
  private final Texts texts;
  private final ErrorBoundary boundary;
  private final DraftComments drafts;
  private final Draft returned;
  private final Label title = Widgets.heading("", "inspector-title");
  private final FlowPane facts = Widgets.flow(12, 2);
  private final Button approve;
  private final Button sendBack;
  private final Button close;
  private final AlternativeTable alternatives;
  private final VerdictBar verdict;
  private final VBox risks = new VBox(2);
  private final HBox riskBar;
  private final TextArea word = new TextArea();
  private final Label noted = Widgets.label("", "muted");
  private final VBox returning;
  private final TabPane tabs;
  private final Tab files = new Tab();
  private final Tab gates = new Tab();
  private final Tab conversation = new Tab();
  private final Tab attempts = new Tab();
  private final ChangeFiles changeFiles;
  private final ChangeGates changeGates;
  private final PullRequestBar pull;
  private final PreviewBar preview;
  private final AdviceBar advice;
  private final ChangeComments talk;
  private final AttemptList attemptList;
  private final ScrollPane content;
  private final Consumer<ChangeViews.Change> next;
  private final EntityStore<Merge> merges;
  private final ReadingTime time;
  private ChangeViews.Change change;
  private boolean goesOn;

  /**
   * @param next shows the next change that waits, after this one
   */
  ChangeInspector(ScreenContext context, Consumer<ChangeViews.Change> next) {
    this.context = context;
    this.next = next;
    this.texts = context.texts();
    this.merges = context.live().things(MergeRegistration.TOPIC, Merge.class);
    boundary = new ErrorBoundary(this, texts);
    drafts = new DraftComments(context);
    returned = context.drafts().of(word);
    approve = context.act("", () -> approve(false), "success");
    sendBack =
        context.act(
            texts.text("change.return"), () -> openReturn(false), "danger", "button-outlined");
    close = context.act(Widgets.icon(Icon.CANCEL, texts.text("change.close"), this::close, "flat"));
    var head = Widgets.column(6, title, facts, Widgets.flow(8, 6, approve, sendBack, close));
    pull = new PullRequestBar(context);
    preview = new PreviewBar(context);
    alternatives = new AlternativeTable(context);
    verdict = new VerdictBar(context);
    advice = new AdviceBar(texts, context.act("", this::takeUpAll, "button-outlined"));
    time =
        new ReadingTime(
            context.clock(),
            read -> {
              if (!context.live().cut().get()) {
                context.steering().send(read); // where it is refused nothing is lost but the pace
              }
            });
    addEventFilter(InputEvent.ANY, _ -> time.acted());
    riskBar = Widgets.row(8, Tone.AMBER.on(Icon.WARNED.node()), Widgets.grow(risks));
    riskBar.getStyleClass().add("trouble");
    returning = returning();
    changeFiles = new ChangeFiles(context, this);
    changeGates = new ChangeGates(context, this::look);
    talk = new ChangeComments(context, this::look);
    attemptList = new AttemptList(context, true, a -> context.go().to(ScreenId.AGENTS, a.agent()));
    files.setContent(Widgets.tabBody(Widgets.grow(changeFiles)));
    gates.setContent(Widgets.tabBody(Widgets.grow(changeGates)));
    conversation.setContent(Widgets.tabBody(Widgets.grow(talk)));
    attempts.setContent(Widgets.tabBody(Widgets.grow(attemptList)));
    tabs = Widgets.tabs(texts.text("inspector.tabs"), files, gates, conversation, attempts);
    content =
        Widgets.scroll(
            new VBox(
                8, head, pull, preview, alternatives, verdict, advice, riskBar, returning, tabs));
    getChildren().setAll(content);
  }

  private VBox returning() {
    word.setPromptText(texts.text("change.return.write"));
    word.setAccessibleText(texts.text("change.return.write"));
    word.setWrapText(true);
    word.setPrefRowCount(3);
    word.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            sendBack();
            e.consume();
          } else if (Hotkey.BACK.pressed(e)) {
            closeReturn();
            e.consume();
          }
        });
    var box =
        new VBox(
            8,
            word,
            Widgets.row(
                8,
                context.act(texts.text("change.return.send"), this::sendBack, "accent"),
                Widgets.button(texts.text("change.return.not"), this::closeReturn),
                noted));
    box.getStyleClass().add("diff-note");
    Widgets.show(box, false);
    return box;
  }

  /** Shows this change; null for none. */
  void show(ChangeViews.Change wanted) {
    boundary.fill(() -> fill(wanted));
  }

  private void fill(ChangeViews.Change wanted) {
    boolean other = change == null || wanted == null || !change.id().equals(wanted.id());
    change = wanted;
    if (wanted == null || !welcome()) {
      time.end();
    } else {
      time.show(wanted.id(), wanted.head());
    }
    if (wanted == null) {
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.CHANGE, texts.text("change.choose"), texts.text("change.choose.more")));
      return;
    }
    if (getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    if (other) {
      returned.at("return " + wanted.id());
      drafts.takeUp(wanted.id());
      goesOn = false;
      Widgets.show(returning, !word.getText().isBlank() && welcome());
    }
    fill();
  }

  /** Follows its pull request while the screen is looked at. */
  Subscription watch() {
    return Subscription.combine(
        pull.watch(this::renew), preview.watch(this::renew), alternatives.watch(this::renew));
  }

  /** Nobody looks at it any more. */
  void hidden() {
    time.end();
  }

  /** Shows anew what changed around the change. */
  void renew() {
    boundary.fill(this::fill);
  }

  private void fill() {
    if (change == null) {
      return;
    }
    title.setText("#" + change.number() + " " + change.title());
    pull.show(change);
    preview.show(change.id(), change.attempt());
    alternatives.show(change.task());
    facts();
    reins();
    risks();
    var notes = drafts.of(change.id());
    noted.setText(notes.isEmpty() ? "" : texts.text("change.return.noted", notes.size()));
    files.setText(texts.text("change.files", change.files()));
    gates.setText(texts.text("change.gates", change.gates().size()));
    conversation.setText(texts.text("change.talk", change.comments().size() + notes.size()));
    changeFiles.show(change, notes);
    changeGates.show(change.gates());
    talk.show(change, notes);
    var past = attempts();
    attempts.setText(texts.text("agent.attempts", past.size()));
    attemptList.show(past, change.attempt());
  }

  private List<AttemptViews.Attempt> attempts() {
    return context.live().attempts().all().stream()
        .filter(a -> a.task().equals(change.task()))
        .sorted(Comparator.comparingInt(AttemptViews.Attempt::number).reversed())
        .toList();
  }

  /** Moves into the inspector from the table. */
  void enter() {
    tabs.getSelectionModel().select(files);
    changeFiles.enter();
  }

  private void facts() {
    var cost = texts.costs(attempts().stream().map(AttemptViews.Attempt::cost).toList());
    var due =
        change.dueAt() == null || change.state() != ChangeState.OPEN
            ? ""
            : texts.text("change.due", texts.left(change.dueAt(), context.live().now().get()));
    var told = List.of(change, cost, due, requirements(), proof().isPresent());
    if (told.equals(facts.getUserData())) {
      return; // A button that is pressed must not be replaced meanwhile.
    }
    facts.setUserData(told);
    var state = Widgets.label(texts.word("change.state", change.state()), "strong");
    Tone.of(change.state()).on(state);
    var agent =
        Widgets.link(change.agent(), () -> context.go().to(ScreenId.AGENTS, change.agent()));
    var task = Widgets.link(change.task(), () -> context.go().to(ScreenId.TASKS, change.task()));
    var nodes = new ArrayList<Node>(List.of(state, agent, task));
    for (String id : requirements()) {
      nodes.add(Widgets.link(id, () -> context.go().to(ScreenId.PLAN, id)));
    }
    nodes.add(Widgets.label(change.branch(), "mono", "soft"));
    nodes.add(
        Widgets.label(
            texts.text("change.commits", change.commits())
                + " · "
                + ChangeList.lines(texts, change)
                + " · "
                + cost,
            "soft"));
    if (change.merge() != null) {
      nodes.add(
          Widgets.label(
              texts.text(
                  "change.merged.as",
                  change.merge().substring(0, Math.min(8, change.merge().length()))),
              "mono",
              "soft"));
    }
    proof().ifPresent(nodes::add);
    if (!due.isEmpty()) {
      nodes.add(Tone.AMBER.on(Widgets.label(due)));
    }
    facts.getChildren().setAll(nodes);
  }

  /** Whether main is what the gates judged, where it was merged. */
  private Optional<Node> proof() {
    return merges.all().stream()
        .filter(m -> m.moved() && m.commit().equals(change.merge()))
        .findFirst()
        .map(
            m ->
                (m.proven() ? Tone.GREEN : Tone.RED)
                    .on(
                        Widgets.label(
                            m.proven()
                                ? texts.text("change.proven", m.paths())
                                : texts.text("change.unproven", m.unexplained().size()))));
  }

  private List<String> requirements() {
    return context
        .live()
        .tasks()
        .get(change.task())
        .map(TaskViews.Task::requirements)
        .orElse(List.of());
  }

  private void reins() {
    boolean again =
        change.state() == ChangeState.CONFLICTED || change.state() == ChangeState.BLOCKED;
    approve.setText(texts.text(again ? "change.again" : "change.approve"));
    approve.setTooltip(
        Widgets.tooltip(texts.text(again ? "change.again.more" : "change.approve.more")));
    Widgets.show(approve, (change.state() == ChangeState.OPEN || again) && !waits());
    Widgets.show(sendBack, welcome());
    Widgets.show(close, change.state() == ChangeState.DRAFT || welcome());
    verdict.show(change);
    advice.show(change, welcome());
  }

  /** Whether it is one of several of which none is chosen, or another one is. */
  private boolean waits() {
    return Choices.of(context.live(), change.task())
        .filter(g -> !change.task().equals(g.chosen()))
        .isPresent();
  }

  private boolean choosable() {
    return Choices.of(context.live(), change.task())
        .filter(g -> Choices.choosable(context.live(), g, change))
        .isPresent();
  }

  /** Why a person must approve it: more than this many are only counted. */
  private static final int RISKS = 4;

  private void risks() {
    var open = !change.state().over();
    Widgets.show(riskBar, open && !change.risks().isEmpty());
    if (change.risks().equals(risks.getUserData())) {
      return; // A link that is pressed must not be replaced meanwhile.
    }
    risks.setUserData(change.risks());
    risks.getChildren().setAll(Widgets.prose(texts.text("change.risks"), "strong"));
    change.risks().stream().limit(RISKS).map(this::risk).forEach(risks.getChildren()::add);
    int more = change.risks().size() - RISKS;
    if (more > 0) {
      risks.getChildren().add(Widgets.label(texts.text("change.risks.more", more), "soft"));
    }
  }

  private Node risk(ChangeViews.Risk risk) {
    var why =
        Widgets.prose(
            texts.text(
                "change.risk." + risk.kind().word(), risk.gate() == null ? "" : risk.gate()));
    if (risk.kind() == ChangeViews.RiskKind.UNCOMMITTED) {
      return Widgets.line(8, Widgets.label(risk.path(), "mono"), Widgets.grow(why));
    }
    return Widgets.line(
        8, Widgets.link(risk.path(), () -> look(risk.path(), 0), "mono"), Widgets.grow(why));
  }

  private void look(String file, int line) {
    tabs.getSelectionModel().select(files);
    changeFiles.reveal(file, line);
  }

  /** Takes a letter that nobody else has a use for; whether it was of use. */
  boolean typed(char letter) {
    if (change == null) {
      return false;
    }
    if (Hotkey.APPROVE.typed(letter) && approve.isVisible() && !approve.isDisabled()) {
      approve(true);
    } else if (Hotkey.CHOOSE_ALTERNATIVE.typed(letter) && choosable()) {
      AlternativeTable.choose(context, change);
    } else if (Hotkey.SEND_BACK.typed(letter) && welcome()) {
      openReturn(true);
    } else if (Hotkey.EDITOR.typed(letter)) {
      open(tabs.getSelectionModel().getSelectedItem() == files ? changeFiles.path() : null);
    } else if (Hotkey.TERMINAL.typed(letter)) {
      open(OpenTarget.TERMINAL);
    } else {
      return tabs.getSelectionModel().getSelectedItem() == files && changeFiles.typed(letter);
    }
    return true;
  }

  // ── the person's word ───────────────────────────────────────────────────────────────────────

  private void approve(boolean on) {
    var c = change;
    boolean again = c.state() != ChangeState.OPEN;
    var said = word.getText().strip();
    boolean explains = c.verdict() != null && c.verdict().action() == NextAction.EXPLAIN;
    if (explains && said.isEmpty()) {
      openReturn(on);
      context.notices().say(texts.text("change.explain", "#" + c.number()));
      return;
    }
    time.tell();
    context
        .steering()
        .execute(
            again
                ? new Command.MergeChange(c.id(), c.head())
                : new Command.ApproveChange(c.id(), explains ? said : null, c.head()))
        .thenAccept(
            _ -> {
              if (explains) {
                context.drafts().put("return " + c.id(), "");
                returned.done();
                Widgets.show(returning, false);
              }
              context.notices().say(texts.text("change.approved", "#" + c.number()));
              goOn(on, c);
            });
  }

  /** By key one reads on; by mouse nothing moves under the pointer. */
  private void goOn(boolean wanted, ChangeViews.Change from) {
    if (wanted && change != null && change.id().equals(from.id())) {
      next.accept(from);
    }
  }

  /** Lets letters be found in the file that is looked at; whether there is one. */
  boolean find() {
    if (change == null) {
      return false;
    }
    tabs.getSelectionModel().select(files);
    return changeFiles.find();
  }

  @Override
  public boolean opens() {
    return change != null && WorktreeOpener.of(context, change.attempt()).isPresent();
  }

  /**
   * Opens its worktree in the person's editor, while there is one.
   *
   * @param file the one in it that is looked at; null for none
   */
  @Override
  public void open(String file) {
    if (there()) {
      WorktreeOpener.open(context, change.attempt(), file);
    }
  }

  private void open(OpenTarget target) {
    if (there()) {
      WorktreeOpener.open(context, target, change.attempt());
    }
  }

  /** Whether its worktree is; else it is said where its work is. */
  private boolean there() {
    boolean there = opens();
    if (!there) {
      context
          .notices()
          .say(texts.text("change.noworktree", "#" + change.number(), change.branch()));
    }
    return there;
  }

  private void openReturn(boolean on) {
    goesOn = on;
    Widgets.show(returning, true);
    word.requestFocus();
  }

  private void closeReturn() {
    Widgets.show(returning, false);
    sendBack.requestFocus();
  }

  private void sendBack() {
    returnWith(word.getText().strip(), drafts.of(change.id()));
  }

  private void returnWith(String comment, List<LineComment> lines) {
    var c = change;
    time.tell();
    context
        .steering()
        .execute(new Command.ReturnChange(c.id(), comment.isEmpty() ? null : comment, lines))
        .thenAccept(
            _ -> {
              drafts.clear(c.id());
              context.drafts().put("return " + c.id(), "");
              if (change != null && change.id().equals(c.id())) {
                returned.done();
                Widgets.show(returning, false);
                renew();
              }
              context.notices().say(texts.text("change.returned", "#" + c.number(), c.agent()));
              goOn(goesOn, c);
            });
  }

  private void close() {
    var c = change;
    if (context
        .dialogs()
        .confirm(
            texts.text("change.close.title", "#" + c.number()),
            texts.text("change.close.will", c.task(), c.branch()),
            texts.text("change.close.verb"))) {
      context
          .steering()
          .execute(new Command.CloseChange(c.id(), null))
          .thenAccept(_ -> context.notices().say(texts.text("change.closed", "#" + c.number())));
    }
  }

  // ── words about lines ───────────────────────────────────────────────────────────────────────

  @Override
  public boolean welcome() {
    return change != null
        && switch (change.state()) {
          case OPEN, QUEUED, CONFLICTED, BLOCKED -> true;
          case DRAFT, MERGING, MERGED, CLOSED -> false;
        };
  }

  @Override
  public boolean resolves() {
    return welcome();
  }

  @Override
  public void resolve(ChangeViews.Comment said, boolean done) {
    context
        .steering()
        .execute(
            done
                ? new CommentCommand.Resolve(change.id(), said.id())
                : new CommentCommand.Unresolve(change.id(), said.id()));
  }

  @Override
  public void takeUp(ChangeViews.Comment said) {
    takeUp(List.of(said.id()));
  }

  /** All that is shown: what an agent says meanwhile nobody has read. */
  private void takeUpAll() {
    takeUp(
        change.comments().stream()
            .filter(ChangeViews.Comment::advises)
            .map(ChangeViews.Comment::id)
            .toList());
  }

  private void takeUp(List<Long> comments) {
    var c = change;
    context
        .steering()
        .execute(new CommentCommand.ReturnAdvice(c.id(), comments, null))
        .thenAccept(
            _ -> context.notices().say(texts.text("change.returned", "#" + c.number(), c.agent())));
  }

  @Override
  public void writing(LineComment draft) {
    drafts.writing(change.id(), draft);
  }

  @Override
  public void keep(LineComment draft) {
    drafts.keep(change.id(), draft);
    renew();
  }

  @Override
  public void drop(LineComment draft) {
    drafts.drop(change.id(), draft);
    renew();
  }

  @Override
  public int kept() {
    return drafts.of(change.id()).size();
  }

  @Override
  public void send(LineComment draft) {
    drafts.keep(change.id(), draft); // Kept until the engine has taken it.
    renew();
    returnWith("", drafts.of(change.id()));
  }
}
