package dev.hivedeck.engine.mainline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestSize;
import dev.hivedeck.engine.change.batch.Blame;
import dev.hivedeck.engine.change.batch.Judgement;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.worktree.AttemptFixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Main is at any time what applying the accepted changes one by one comes to. */
class BatchMergesTest extends AttemptFixture {
  private static final int FILES = 4;
  private static final int LINES = 8;
  private static final int CHANGES = 5;
  private static final int LIVES = TestSize.times(1);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /** Commits by which somebody else moved main. */
  private final List<String> foreign = new ArrayList<>();

  @Override
  public String isolation() {
    return "clone";
  }

  // ── a random repository, and changes to it ──────────────────────────────────────────────────

  private static String text(int file) {
    var text = new StringBuilder();
    for (int line = 0; line < LINES; line++) {
      text.append("file ").append(file).append(" line ").append(line).append('\n');
    }
    return text.toString();
  }

  /** A change of one or two commits, from main as it is at some time, or on top of another. */
  private String change(int number, String from) {
    sandbox.git("switch", "-q", "--detach", from);
    int commits = 1 + random.nextInt(2);
    for (int i = 0; i < commits; i++) {
      int file = random.nextInt(FILES);
      var lines = new ArrayList<>(show("HEAD:" + file + ".txt").lines().toList());
      switch (random.nextInt(5)) {
        case 0 -> sandbox.write("new " + number + "-" + i + ".txt", "new " + number + "\n");
        case 1 -> lines.remove(random.nextInt(lines.size()));
        case 2 -> lines.add(random.nextInt(lines.size()), "line of change " + number);
        default -> lines.set(random.nextInt(lines.size()), "changed by " + number);
      }
      if (random.nextInt(6) == 0) {
        sandbox.write("bad.txt", "bad " + number + "\n"); // a gate will not have it
      }
      if (random.nextInt(5) == 0) {
        sandbox.write("pair " + random.nextInt(2) + ".txt", "one of a pair\n");
      }
      sandbox.write(file + ".txt", String.join("\n", lines) + "\n");
      sandbox.git("add", "-A");
      sandbox.git("commit", "-q", "--allow-empty", "-m", "Change " + number + "." + i);
    }
    String head = sandbox.git("rev-parse", "HEAD");
    sandbox.git("switch", "-q", "main");
    return head;
  }

  /** Somebody else moves main, by a commit of their own. */
  private void mainMoves() {
    sandbox.git("switch", "-q", "--detach", "main");
    sandbox.write("foreign " + foreign.size() + ".txt", "theirs\n");
    sandbox.git("add", "-A");
    sandbox.git("commit", "-q", "-m", "Somebody else's");
    foreign.add(sandbox.git("rev-parse", "HEAD"));
    sandbox.git("update-ref", "refs/heads/main", foreign.getLast());
    sandbox.git("switch", "-q", "main");
  }

  /** None is bad, and none of a pair stands beside the other: that fails only together. */
  private boolean green(String commit) {
    var names = Set.copyOf(sandbox.git("ls-tree", "--name-only", commit).lines().toList());
    return !names.contains("bad.txt")
        && !(names.contains("pair 0.txt") && names.contains("pair 1.txt"));
  }

  private List<GateResult> gates(String commit) {
    return List.of(
        new GateResult(
            "tests", "merge", green(commit) ? Outcome.PASSED : Outcome.FAILED, "", List.of(), 0));
  }

  /** The files of a merge as git itself makes it in a checkout. */
  private String byGit(String onto, Incoming work) {
    sandbox.git("switch", "-q", "--detach", onto);
    if (work.base() == null) {
      sandbox.git("merge", "-q", "--no-ff", "-m", "As git does it", work.head());
    } else {
      sandbox.git("merge-recursive", work.base(), "--", onto, work.head());
    }
    String tree = sandbox.git("write-tree");
    sandbox.git("reset", "-q", "--hard");
    sandbox.git("switch", "-q", "main");
    return tree;
  }

  // ── the queue ───────────────────────────────────────────────────────────────────────────────

  @Test
  void mainIsAtAnyTimeWhatTheAcceptedChangesComeToOneByOne() throws Exception {
    for (int file = 0; file < FILES; file++) {
      sandbox.write(file + ".txt", text(file));
    }
    sandbox.commit("Begin");
    for (int life = 0; life < LIVES; life++) {
      for (var method : MergeMethod.values()) {
        lives(method);
      }
    }
  }

  private void lives(MergeMethod method) throws InterruptedException {
    String as = "seed %d, %s".formatted(seed, method);
    var line = new LinkedHashMap<Integer, Incoming>();
    var below = new HashMap<Integer, Integer>();
    for (int number = 0; number < CHANGES; number++) {
      var told = Map.of("Hivedeck-Task", "T-" + number, "Hivedeck-Change", "C-" + number);
      if (number > 0 && random.nextInt(3) == 0) {
        below.put(number, number - 1);
      }
      String base = below.containsKey(number) ? line.get(number - 1).head() : null;
      String head = change(number, base == null ? "main" : base);
      line.put(number, new Incoming(head, method, "Change " + number, told, base));
      if (random.nextInt(4) == 0) {
        mainMoves();
      }
    }
    var all = Set.copyOf(line.keySet());
    var accepted = new HashSet<Integer>();
    var returned = new HashSet<Integer>();
    while (!line.isEmpty()) {
      int size = 1 + random.nextInt(4);
      var numbers = line.keySet().stream().limit(size).toList();
      var works = numbers.stream().map(line::get).toList();
      var check = new Judge(numbers, works, below, accepted);
      var ended = mainline.mergeAll(works, check);
      assertThat(ended.landed().size() + ended.back().size() + ended.left().size())
          .as(as)
          .isEqualTo(works.size());
      String main = check.base;
      for (var link : ended.landed()) {
        assertThat(link.onto()).as(as).isEqualTo(main);
        var work = works.get(link.index());
        String head = work.head();
        assertThat(repository.treeOf(link.commit())).as(as).isEqualTo(byGit(main, work));
        assertThat(mainline.prove(main, link.commit(), head, work.base()).holds()).as(as).isTrue();
        assertThat(mainline.landed(link.commit()).map(l -> l.head())).as(as).contains(head);
        main = link.commit();
        accepted.add(numbers.get(link.index()));
        Integer parent = below.get(numbers.get(link.index()));
        assertThat(parent == null || accepted.contains(parent))
            .as("%s, none comes before the one below it", as)
            .isTrue();
        line.remove(numbers.get(link.index()));
      }
      if (!ended.landed().isEmpty()) {
        assertThat(repository.tip()).as(as).isEqualTo(main);
        assertThat(green(main)).as("%s, gates are green on main", as).isTrue();
      }
      for (var left : ended.left()) {
        if (check.waiting.contains(left.index())) {
          assertThat(left.why()).as(as).isInstanceOf(MergeResult.Refused.class);
          continue; // until the one below it is there
        }
        assertThat(left.why()).as(as).isInstanceOf(MergeResult.Conflict.class);
        if (left.first()) { // else it is only in the way of others, and is tried again
          returned.add(numbers.get(left.index()));
          line.remove(numbers.get(left.index()));
        }
      }
      if (check.judgement instanceof Judgement.Blamed blamed) {
        var culprit = ended.back().getFirst();
        assertThat(green(culprit.onto())).as(as).isTrue();
        assertThat(green(culprit.commit())).as(as).isFalse();
        assertThat(blamed.passing()).as(as).isEqualTo(ended.landed().size());
        returned.add(numbers.get(culprit.index()));
        line.remove(numbers.get(culprit.index()));
      }
      for (var stacked : below.entrySet()) { // what is below it is made otherwise: it follows
        if (returned.contains(stacked.getValue()) && line.remove(stacked.getKey()) != null) {
          returned.add(stacked.getKey());
        }
      }
    }
    assertThat(Collections.disjoint(accepted, returned)).as(as).isTrue();
    accepted.addAll(returned);
    assertThat(accepted).as("%s, nothing is lost", as).isEqualTo(all);
    for (String commit : foreign) {
      assertThat(repository.contains(commit, repository.tip())).as(as).isTrue();
    }
    assertThat(Collections.disjoint(repository.broughtByHivedeck(), foreign)).as(as).isTrue();
  }

  /** Judges what main would be, while somebody moves it. */
  private final class Judge implements BatchMerge.Check {
    private final List<Integer> numbers;
    private final List<Incoming> works;
    private final Map<Integer, Integer> parents;
    private final Set<Integer> accepted;
    private final Set<Integer> waiting = new HashSet<>();
    private String base;
    private Judgement judgement;

    Judge(
        List<Integer> numbers,
        List<Incoming> works,
        Map<Integer, Integer> parents,
        Set<Integer> accepted) {
      this.numbers = numbers;
      this.works = works;
      this.parents = parents;
      this.accepted = accepted;
    }

    @Override
    public boolean stands(int index, List<BatchMerge.Link> below) {
      Integer parent = parents.get(numbers.get(index));
      boolean stands =
          parent == null
              || accepted.contains(parent)
              || below.stream().anyMatch(l -> numbers.get(l.index()).equals(parent));
      if (stands) {
        waiting.remove(index);
      } else {
        waiting.add(index);
      }
      return stands;
    }

    @Override
    public boolean joins(BatchMerge.Link link) {
      var work = works.get(link.index());
      return mainline.prove(link.onto(), link.commit(), work.head(), work.base()).holds();
    }

    @Override
    public int passing(String onto, List<BatchMerge.Link> links) throws InterruptedException {
      if (random.nextInt(4) == 0) {
        mainMoves();
      }
      base = onto;
      judgement =
          new Blame(
                  (_, first) -> gates(first == 0 ? onto : links.get(first - 1).commit()),
                  Set.of(),
                  Set.of("tests"))
              .judge(links.size());
      return judgement.passing();
    }
  }

  /** As a forge did on 2026-04-23: what is squashed is taken from another base than it has. */
  @Test
  void aSquashOfAWrongBaseIsNotExplained() {
    sandbox.write("a.txt", "1\n2\n3\n");
    sandbox.commit("Begin");
    String old = repository.tip();
    sandbox.write("a.txt", "one\n2\n3\n");
    sandbox.commit("Merged before");
    String base = repository.tip();
    sandbox.git("switch", "-q", "--detach", old);
    sandbox.write("b.txt", "b\n");
    sandbox.commit("A change that began before that");
    String head = sandbox.git("rev-parse", "HEAD");
    sandbox.git("switch", "-q", "main");
    // Its files as they are, on top of main: that silently takes back what was merged before.
    String wrong = repository.commit("Squash", repository.treeOf(head), List.of(base));
    assertThat(mainline.prove(base, wrong, head).unexplained())
        .extracting("path")
        .containsExactly("a.txt");
  }
}
