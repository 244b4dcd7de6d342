package dev.hivedeck.engine.review;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.budget.AgentSpending;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Hears an agent that looks at a change: keeps what it says of it, as much as anybody would read,
 * and charges what it uses. Nobody answers its questions, and it is allowed nothing.
 */
final class ReviewListener implements RunListener {
  private static final String NOBODY = "Nobody answers while you review. Say it as a comment.";

  /** Of a torrent no more than that is looked at twice. */
  private static final int COUNTED = 100_000;

  private static final int LONGEST = 2_000;

  private final AgentSpending spending;
  private final int most;
  private final UnaryOperator<String> masked;
  private final Set<ReviewNote> notes = new LinkedHashSet<>();
  private int leftOut;
  private int refused;
  private @Nullable String said;
  private @Nullable String printed;
  private volatile @Nullable RunResult mustEnd;
  private volatile boolean overtaken;

  /**
   * @param most comments that are kept
   * @param masked takes secrets out of what is kept
   */
  ReviewListener(AgentSpending spending, int most, UnaryOperator<String> masked) {
    this.spending = spending;
    this.most = most;
    this.masked = masked;
  }

  /** The comments that are kept, in the order in which they were made. */
  synchronized List<ReviewNote> notes() {
    return List.copyOf(notes);
  }

  /** How many more it made. */
  synchronized int leftOut() {
    return leftOut;
  }

  /** How many permissions it asked for; it got none. */
  synchronized int refused() {
    return refused;
  }

  /** The last that it said of the whole; null where it said nothing. */
  synchronized @Nullable String summary() {
    return said == null ? printed : said;
  }

  synchronized Act.Spend spent() {
    return spending.total();
  }

  synchronized long unpriced() {
    return spending.unpriced();
  }

  /** It has ended: what it had used of a turn that it did not come to add up counts. */
  synchronized void ended() {
    spending.settle();
  }

  /** Nobody waits for it any more: it ends as soon as its driver asks. */
  void overtake() {
    overtaken = true;
    mustEnd = RunResult.bad(FailureReason.EXIT, "Nobody waits for it any more.");
  }

  boolean overtaken() {
    return overtaken;
  }

  private synchronized void hear(String text, boolean spoken) {
    for (String line : text.split("\\R", -1)) {
      var note = ReviewNote.of(line);
      if (note.isPresent()) {
        if (notes.size() < most) {
          notes.add(note.get());
        } else if (!notes.contains(note.get()) && leftOut < COUNTED) {
          leftOut++;
        }
      } else if (!line.isBlank() && !spoken) {
        printed = TextFormat.shorten(masked.apply(line.strip()), LONGEST);
      }
    }
    if (spoken) {
      String words =
          String.join("\n", text.lines().filter(line -> ReviewNote.of(line).isEmpty()).toList());
      if (!words.isBlank()) {
        said = TextFormat.shorten(masked.apply(words.strip()), LONGEST);
      }
    }
  }

  @Override
  public void line(String kind, String text) {
    if (kind.equals("out") || kind.equals("say")) {
      hear(text, kind.equals("say"));
    }
  }

  @Override
  public void did(Act act) {
    if (act instanceof Act.Say say) {
      hear(say.words(), true);
    } else if (act instanceof Act.Spend told) {
      synchronized (this) {
        var spend = told.cost() != null ? told : spending.priced(told);
        heed(spending.charge(spend));
        spending.settle(spend);
      }
    }
  }

  @Override
  public synchronized void soFar(Act.Spend used) {
    heed(spending.soFar(spending.priced(used)));
  }

  private void heed(BudgetTracker.Verdict verdict) {
    if (verdict.end() != null && mustEnd == null) {
      mustEnd = verdict.end();
    }
  }

  @Override
  public synchronized void untold(boolean now) {
    spending.untold(now);
  }

  @Override
  public synchronized void model(String name) {
    spending.model(name);
  }

  @Override
  public CompletableFuture<QuestionAnswer> ask(Question question) {
    String fallback = question.fallback();
    return CompletableFuture.completedFuture(
        new QuestionAnswer(fallback == null ? "none" : fallback, NOBODY));
  }

  @Override
  public synchronized CompletableFuture<Permission.Answer> permit(Permission permission) {
    refused++;
    return CompletableFuture.completedFuture(Permission.Answer.NO);
  }

  @Override
  public Optional<RunResult> mustEnd() {
    return Optional.ofNullable(mustEnd);
  }

  @Override
  public Optional<String> said() {
    return Optional.empty();
  }

  @Override
  public void raw(String kind, String text) {}

  @Override
  public void session(String id, Act.Spend total) {}

  @Override
  public void pid(long pid) {}

  @Override
  public void stage(int percent) {}

  @Override
  public void used(ResourceUsage usage) {}
}
