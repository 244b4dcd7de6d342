package dev.hivedeck.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.dispatch.Dispatch.Failure;
import dev.hivedeck.engine.dispatch.Dispatch.Hold;
import dev.hivedeck.engine.dispatch.Dispatch.Pool;
import dev.hivedeck.engine.dispatch.Dispatch.Report;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.TaskSpec;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.failure.ReleaseReason;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.selection.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every queue keeps that the scheduler works with, on one machine or on many. */
abstract class DispatchContract {
  static final Duration LEASE = Duration.ofSeconds(30);

  static final Pool POOL =
      new Pool(
          List.of(
              new Offer("ann", List.of("java", "gpu"), 1, 1),
              new Offer("bob", List.of("java"), 2, 2)),
          Map.of("gpu", 1));

  /** A queue that is empty and gives work out; the same one all through a test. */
  abstract Dispatch dispatch();

  /** Lets time pass for the queue; whoever looks at it goes on looking. */
  abstract void pass(Duration duration);

  static TaskSpec task(String id, String agent, List<String> capabilities, String... needs) {
    return new TaskSpec(
        id,
        "Task " + id,
        List.of(),
        agent,
        capabilities,
        List.of(needs),
        5,
        null,
        "Do.",
        List.of());
  }

  static PlanDocument plan(TaskSpec... tasks) {
    return new PlanDocument("Plan", List.of(), List.of(tasks));
  }

  private List<Claim> claim(int max) {
    return dispatch().claim(POOL, max, LEASE).claims();
  }

  private Claim only() {
    var claims = claim(1);
    assertThat(claims).hasSize(1);
    return claims.getFirst();
  }

  void begin(Claim c) {
    assertThat(dispatch().report(c.task(), c.token(), new Report.Started("hive/x", "abc")))
        .isEqualTo(Hold.OK);
  }

  boolean complete(Claim c) {
    dispatch().report(c.task(), c.token(), new Report.Checking("def"));
    return dispatch()
        .complete(
            c.task(),
            c.token(),
            new VerifiedWorkHandler.Work(
                c.task(),
                c.title(),
                null,
                c.attempt(),
                c.agent(),
                "hive/x",
                "abc",
                "def",
                1,
                1,
                0,
                1,
                List.of(),
                List.of(),
                DiffFacts.NONE,
                ChangeSurvey.NOTHING,
                "All done.",
                Map.of()));
  }

  private boolean fail(Claim c) {
    return dispatch()
        .fail(
            c.task(),
            c.token(),
            new Failure(FailureReason.EXIT, "by test", List.of(), null, null, false, null));
  }

  private TaskState state(String task) {
    return dispatch().query(task).state();
  }

  @Test
  void whatWasSubmittedIsGivenOutOnce() {
    dispatch().submit(plan(task("A", null, List.of()), task("B", null, List.of())), null);
    var claims = claim(10);
    assertThat(claims).extracting(Claim::task).containsExactlyInAnyOrder("A", "B");
    assertThat(claim(10)).isEmpty();
    assertThat(claims).allSatisfy(c -> assertThat(c.token()).isEqualTo(1));
    assertThat(claims).allSatisfy(c -> assertThat(c.prompt()).isEqualTo("Do."));
  }

  @Test
  void theSameKeySubmitsOnceAndAnotherUseOfItIsRefused() {
    var first = dispatch().submit(plan(task("A", null, List.of())), "k-1");
    assertThat(dispatch().submit(plan(task("A", null, List.of())), "k-1")).isEqualTo(first);
    assertThat(first.added()).containsExactly("A");
    assertThatThrownBy(() -> dispatch().submit(plan(task("B", null, List.of())), "k-1"))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("key-reused"));
    assertThatThrownBy(() -> dispatch().query("B")).isInstanceOf(HiveException.class);
  }

  @Test
  void whatNeedsSomethingWaitsForIt() {
    dispatch().submit(plan(task("A", null, List.of()), task("B", null, List.of(), "A")), null);
    assertThat(claim(10)).extracting(Claim::task).containsExactly("A");
    assertThat(state("B")).isEqualTo(TaskState.BLOCKED);
  }

  @Test
  void onlyWhoCanIsGivenATaskAndOnlyAsManyAsItHolds() {
    dispatch()
        .submit(
            plan(
                task("A", "bob", List.of()),
                task("B", "bob", List.of()),
                task("C", "bob", List.of()),
                task("D", null, List.of("gpu"))),
            null);
    var claims = claim(10);
    assertThat(claims).filteredOn(c -> c.agent().equals("bob")).hasSize(2);
    assertThat(claims)
        .filteredOn(c -> c.task().equals("D"))
        .extracting(Claim::agent)
        .containsExactly("ann");
  }

  @Test
  void whoIsNotDoneWithWhatItLostIsGivenNothing() {
    dispatch().submit(plan(task("A", "ann", List.of())), null);
    var busy = new Pool(List.of(new Offer("ann", List.of(), 1, 0)), Map.of());
    assertThat(dispatch().claim(busy, 10, LEASE).claims()).isEmpty();
    assertThat(claim(10)).hasSize(1);
  }

  /** An agent that is busy is waited for; a person is not given what nobody asked them to do. */
  @Test
  void aPersonHasWhatIsTheirsAndNothingElse() {
    dispatch()
        .submit(
            plan(
                task("A", null, List.of()),
                task("B", null, List.of()),
                task("C", "you", List.of())),
            null);
    var pool =
        new Pool(
            List.of(new Offer("ann", List.of(), 1, 1), new Offer("you", List.of(), 9, 9)),
            Map.of());
    assertThat(dispatch().claim(pool, 10, LEASE).claims())
        .extracting(c -> c.task() + " " + c.agent())
        .containsExactlyInAnyOrder("A ann", "C you");
    assertThat(dispatch().claim(pool, 10, LEASE).claims()).isEmpty();
  }

  @Test
  void aCapabilityIsHeldByNoMoreThanItsLimit() {
    dispatch()
        .submit(plan(task("A", "bob", List.of("gpu")), task("B", "bob", List.of("gpu"))), null);
    var first = only();
    assertThat(claim(10)).isEmpty();
    begin(first);
    assertThat(complete(first)).isTrue();
    assertThat(claim(10)).hasSize(1);
  }

  @Test
  void aHeartbeatHoldsAndSilenceLoses() {
    dispatch().submit(plan(task("A", null, List.of())), null);
    var held = only();
    begin(held);
    for (int i = 0; i < 10; i++) {
      pass(LEASE.dividedBy(3));
      assertThat(dispatch().heartbeat(held.task(), held.token(), LEASE)).isEqualTo(Hold.OK);
      assertThat(claim(1)).isEmpty();
    }
    for (int i = 0; i < 4; i++) {
      pass(LEASE.dividedBy(3));
      dispatch().claim(Pool.NONE, 0, LEASE);
    }
    assertThat(dispatch().heartbeat(held.task(), held.token(), LEASE)).isEqualTo(Hold.LOST);
    assertThat(state("A")).isEqualTo(TaskState.READY);
  }

  @Test
  void aLateWordOfALostHolderChangesNothing() {
    dispatch().submit(plan(task("A", null, List.of())), null);
    var lost = only();
    begin(lost);
    assertThat(dispatch().release("A", lost.token(), ReleaseReason.LOST, "by test", null)).isTrue();
    var held = only();
    assertThat(held.token()).isGreaterThan(lost.token());
    begin(held);

    assertThat(complete(lost)).isFalse();
    assertThat(fail(lost)).isFalse();
    assertThat(dispatch().release("A", lost.token(), ReleaseReason.LOST, "again", "c0ffee"))
        .isFalse();
    assertThat(dispatch().report("A", lost.token(), new Report.Checking("bad")))
        .isEqualTo(Hold.LOST);
    assertThat(dispatch().append("A", lost.token(), "say", "hello")).isZero();

    assertThat(state("A")).isEqualTo(TaskState.RUNNING);
    assertThat(dispatch().append("A", held.token(), "say", "hello")).isEqualTo(1);
    assertThat(complete(held)).isTrue();
    assertThat(complete(held)).as("once").isFalse();
    assertThat(state("A")).isEqualTo(TaskState.DONE);
  }

  @Test
  void whatFailedIsTriedAgainLaterAndInTheEndIsADeadLetter() {
    dispatch().submit(plan(task("A", "ann", List.of())), null);
    for (int i = 1; i <= 2; i++) {
      var held = only();
      assertThat(held.token()).isEqualTo(i);
      begin(held);
      assertThat(fail(held)).isTrue();
      if (i == 1) {
        assertThat(state("A")).isEqualTo(TaskState.DELAYED);
        assertThat(claim(1)).isEmpty();
        var next = dispatch().claim(POOL, 0, LEASE).next();
        assertThat(next).as("it says when it falls due").isPresent();
        pass(Duration.ofSeconds(10));
      }
    }
    assertThat(state("A")).isEqualTo(TaskState.DEAD);
    assertThat(dispatch().query("A").reason()).contains("by test");
  }

  @Test
  void aLossCountsForNoTryAndItsWorkIsGoneOnFrom() {
    dispatch().submit(plan(task("A", "ann", List.of())), null);
    for (int i = 0; i < 5; i++) {
      var held = only();
      begin(held);
      dispatch().release("A", held.token(), ReleaseReason.LOST, "by test", "c0ffee");
    }
    var next = only();
    assertThat(next.turn()).isEqualTo(1);
    assertThat(next.start()).isEqualTo("c0ffee");
    assertThat(next.continues()).isTrue();
  }

  @Test
  void whoIsCancelledHearsOfIt() {
    dispatch().submit(plan(task("A", null, List.of())), null);
    var held = only();
    begin(held);
    dispatch().cancel("A");
    assertThat(dispatch().heartbeat("A", held.token(), LEASE)).isEqualTo(Hold.CANCELLED);
    assertThat(complete(held)).isFalse();
    assertThat(claim(10)).isEmpty();
    assertThatThrownBy(() -> dispatch().cancel("A"))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("not-now"));
  }

  @Test
  void whoSubscribesHearsAllOfItFromAnywhere() throws InterruptedException {
    var all = new ArrayList<Event>();
    dispatch().submit(plan(task("A", null, List.of())), null);
    var first = dispatch().subscribe(0, all::addAll);
    var held = only();
    begin(held);
    complete(held);
    until(() -> all.stream().anyMatch(e -> e.type() == TaskEvent.PROGRESSED));
    first.close();
    assertThat(all).extracting(Event::seq).isSorted().doesNotHaveDuplicates();
    assertThat(all.getFirst().seq()).isEqualTo(1);
    var later = new ArrayList<Event>();
    var second = dispatch().subscribe(all.get(2).seq(), later::addAll);
    until(() -> later.size() == all.size() - 3);
    second.close();
    assertThat(later)
        .extracting(Event::seq)
        .isEqualTo(all.subList(3, all.size()).stream().map(Event::seq).toList());
  }

  private static void until(java.util.function.BooleanSupplier so) throws InterruptedException {
    for (int i = 0; i < 5_000 && !so.getAsBoolean(); i++) {
      Thread.sleep(2);
    }
    assertThat(so.getAsBoolean()).isTrue();
  }
}
