package dev.hivedeck.engine.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.QueueConfig;
import dev.hivedeck.engine.process.Capacity;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who is let to work: by what the machine has left, and by what became of those before. */
class AdmissionTest {
  private static final HiveConfig CONFIG =
      HiveConfig.parse(
          "hive.yaml",
          """
          version: 1
          queue: { memory: 1GB, load: 4 }
          agents:
            ann: { driver: command, run: work }
            bob: { driver: command, run: work }
          """);
  private static final QueueConfig QUEUE = CONFIG.queue();

  private static Capacity gigabytes(double free, double load) {
    return new Capacity((long) (free * 1e9), load);
  }

  @Test
  void asManyBeginAsMemoryHolds() {
    assertThat(Admission.of(gigabytes(64, 1), QUEUE, 8, 0).room()).isEqualTo(8);
    assertThat(Admission.of(gigabytes(64, 1), QUEUE, 8, 0).held()).isNull();
    var few = Admission.of(gigabytes(2.7, 1), QUEUE, 8, 3);
    assertThat(few.room()).isEqualTo(3);
    assertThat(few.held()).contains("2.5 GB").contains("512 MB");
    assertThat(Admission.of(gigabytes(1.2, 1), QUEUE, 8, 3).room()).isZero();
  }

  @Test
  void aBusyMachineTakesNoMoreAndOneMayAlwaysWork() {
    var busy = Admission.of(gigabytes(64, 4.5), QUEUE, 8, 2);
    assertThat(busy.room()).isZero();
    assertThat(busy.held()).contains("4.5").contains("4.0");
    assertThat(Admission.of(gigabytes(0.1, 9), QUEUE, 8, 0).room()).isEqualTo(1);
  }

  @Test
  void theMachineTellsWhatItHas() {
    assertThat(Capacity.now().memory()).isPositive();
    assertThat(Capacity.now().load()).isNotNegative();
  }

  @Test
  void whatCannotBeRunThreeTimesRestsAndIsThenTriedOnce() throws Exception {
    var time = new VirtualTime();
    var breakers = new Breakers(time.clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    var missing = new End(false, "not-found", "ann-cli is not installed.");
    for (int i = 0; i < 3; i++) {
      assertThat(breakers.closed(ann)).isTrue();
      run(breakers, ann, missing);
    }
    assertThat(breakers.closed(ann)).isFalse();
    assertThat(breakers.closed(CONFIG.agents().get("bob"))).isTrue();
    assertThat(breakers.open()).singleElement().asString().contains("ann-cli is not installed.");

    time.advance(Breakers.WAIT.minusSeconds(1));
    assertThat(breakers.closed(ann)).isFalse();
    time.advance(Duration.ofSeconds(2));
    assertThat(breakers.closed(ann)).isTrue();
    breakers.run(
        ann,
        (job, activity) -> {
          assertThat(breakers.closed(ann)).as("one to see").isFalse();
          return missing;
        },
        null,
        null);
    assertThat(breakers.closed(ann)).isFalse();

    time.advance(Breakers.WAIT.plusSeconds(1));
    run(breakers, ann, new End(true, null, null));
    assertThat(breakers.closed(ann)).isTrue();
    assertThat(breakers.open()).isEmpty();
  }

  /** A trial that was stopped shows nothing: the next one is let through. */
  @Test
  void aTrialThatIsStoppedDoesNotKeepItAtRest() throws Exception {
    var time = new VirtualTime();
    var breakers = new Breakers(time.clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    for (int i = 0; i < 3; i++) {
      run(breakers, ann, new End(false, "not-found", "ann-cli is not installed."));
    }
    time.advance(Breakers.WAIT.plusSeconds(1));
    assertThatThrownBy(
            () ->
                breakers.run(
                    ann,
                    (job, activity) -> {
                      throw new InterruptedException();
                    },
                    null,
                    null))
        .isInstanceOf(InterruptedException.class);
    assertThat(breakers.closed(ann)).isTrue();
    run(breakers, ann, new End(true, null, null));
    assertThat(breakers.closed(ann)).isTrue();
  }

  private static void run(Breakers breakers, AgentSpec agent, End end) throws InterruptedException {
    breakers.run(agent, (job, activity) -> end, null, null);
  }

  @Test
  void whatATaskMakesFailSaysNothingAboutTheProgram() throws Exception {
    var breakers = new Breakers(new VirtualTime().clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    for (int i = 0; i < 20; i++) {
      run(breakers, ann, new End(false, "exit", "It could not do it."));
    }
    assertThat(breakers.closed(ann)).isTrue();
  }

  private static void outside(Breakers breakers, String code) {
    try {
      breakers.outside(
          () -> {
            if (code != null) {
              throw new HiveException(code, "The disk is full.", "Free some space.");
            }
            return null;
          });
    } catch (HiveException e) {
      assertThat(e.code()).isEqualTo(code);
      if (e.outage()) {
        breakers.failed(e); // as who looked and found that it concerns all
      } else {
        breakers.served();
      }
    }
  }

  @Test
  void whenGitOrTheDiskFailsThreeTimesNothingIsBegunAndThenOneToSee() {
    var time = new VirtualTime();
    var breakers = new Breakers(time.clock(), 1);
    for (int i = 0; i < 3; i++) {
      outside(breakers, "branch-in-use"); // that is the matter of one task
      outside(breakers, "disk-full");
      assertThat(breakers.admit(4)).isEqualTo(4);
    }
    outside(breakers, "disk-full");
    outside(breakers, "disk-full");
    assertThat(breakers.admit(4)).isZero();
    assertThat(breakers.open()).singleElement().asString().contains("full", "Free some space.");

    time.advance(Breakers.WAIT.plusSeconds(1));
    assertThat(breakers.admit(4)).isEqualTo(1);
    outside(breakers, "disk-full");
    assertThat(breakers.admit(4)).isZero();

    time.advance(Breakers.WAIT.plusSeconds(1));
    outside(breakers, null);
    assertThat(breakers.admit(4)).isEqualTo(4);
    assertThat(breakers.open()).isEmpty();
  }

  @Test
  void aClockThatIsSetBackKeepsNothingAtRest() throws Exception {
    var time = new VirtualTime();
    var breakers = new Breakers(time.clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    for (int i = 0; i < 3; i++) {
      run(breakers, ann, new End(false, "not-found", "ann-cli is not installed."));
    }
    time.advance(Duration.ofHours(-3));
    assertThat(breakers.closed(ann)).isTrue();
    run(breakers, ann, new End(true, null, null));
    assertThat(breakers.open()).isEmpty();
  }
}
