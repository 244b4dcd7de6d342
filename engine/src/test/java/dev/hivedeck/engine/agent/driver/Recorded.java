package dev.hivedeck.engine.agent.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Everything that a driver told. */
public final class Recorded implements RunListener {
  public final List<String> lines = new CopyOnWriteArrayList<>();
  public final List<Act> acts = new CopyOnWriteArrayList<>();
  final List<Act.Spend> soFar = new CopyOnWriteArrayList<>();
  final List<String> transcript = new CopyOnWriteArrayList<>();
  public final List<String> models = new CopyOnWriteArrayList<>();
  final List<String> sessions = new CopyOnWriteArrayList<>();
  public final List<Permission> permissions = new CopyOnWriteArrayList<>();
  public volatile Permission.Answer permitted = Permission.Answer.ONCE;
  volatile RunResult mustEnd;
  public final List<Integer> stages = new CopyOnWriteArrayList<>();
  public final List<Question> questions = new CopyOnWriteArrayList<>();
  final List<ResourceUsage> uses = new CopyOnWriteArrayList<>();
  public final Queue<String> toSay = new ConcurrentLinkedQueue<>();
  public final AtomicLong tokens = new AtomicLong();
  final AtomicLong count = new AtomicLong();
  public volatile double cost;
  volatile long pid;
  public volatile boolean untold;
  public volatile Function<Question, CompletableFuture<QuestionAnswer>> person =
      q -> new CompletableFuture<>();

  @Override
  public void line(String kind, String text) {
    if (count.incrementAndGet() <= 50_000) {
      lines.add(kind + " " + text);
    }
  }

  @Override
  public void pid(long value) {
    pid = value;
  }

  @Override
  public void stage(int percent) {
    stages.add(percent);
  }

  @Override
  public void did(Act act) {
    if (act instanceof Act.Spend spend) {
      tokens.addAndGet(spend.in() + spend.out());
      cost += spend.cost() == null ? 0 : spend.cost();
    }
    acts.add(act);
    if (!(act instanceof Act.Spend)) {
      line(act.kind(), act.text());
    }
  }

  @Override
  public void soFar(Act.Spend used) {
    soFar.add(used);
  }

  @Override
  public void untold(boolean now) {
    untold = now;
  }

  @Override
  public void raw(String kind, String text) {
    transcript.add(kind + " " + text);
  }

  @Override
  public void model(String name) {
    models.add(name);
  }

  @Override
  public void session(String id, Act.Spend total) {
    sessions.add(id);
  }

  @Override
  public CompletableFuture<Permission.Answer> permit(Permission permission) {
    permissions.add(permission);
    return CompletableFuture.completedFuture(permitted);
  }

  @Override
  public Optional<RunResult> mustEnd() {
    return Optional.ofNullable(mustEnd);
  }

  @Override
  public void used(ResourceUsage usage) {
    uses.add(usage);
  }

  @Override
  public CompletableFuture<QuestionAnswer> ask(Question question) {
    questions.add(question);
    return person.apply(question);
  }

  @Override
  public Optional<String> said() {
    return Optional.ofNullable(toSay.poll());
  }

  public boolean has(String line) {
    return lines.contains(line);
  }

  /** Real processes take real time. */
  public static void until(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 3_000 && !condition.getAsBoolean(); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }
}
