package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.HeldCommits;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.CheckoutFinder;
import dev.hivedeck.engine.mainline.GitMainline;
import dev.hivedeck.engine.mainline.Incoming;
import dev.hivedeck.engine.mainline.MainCheckout;
import dev.hivedeck.engine.mainline.MainLedger;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.folder.WorktreeHomes;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A user's repository, and attempts at it without an engine around them. */
public abstract class AttemptFixture {
  public static final Map<String, String> TRAILERS = Map.of("Hivedeck-Task", "T-1");
  @TempDir public Path folder;
  public TestRepository sandbox;
  public Repository repository;
  public KeptWork kept;
  AttemptFolders folders;
  public AttemptCommits commits;
  public Worktrees worktrees;
  public final List<String> told = new ArrayList<>();
  public Mainline mainline;

  /** Where worktrees are put, as the configuration has it; null for Hivedeck's own. */
  String place;

  /** Folders that worktrees have, as the configuration has it; none for all. */
  List<String> sparse = List.of();

  /** Bytes of a file that is taken. */
  long largest = 10_000_000;

  /** Takes every move of main for what it is. */
  private final MainLedger ledger =
      new MainLedger() {
        @Override
        public List<String> takenOff() {
          return List.of();
        }

        @Override
        public String tip() {
          return repository.tip();
        }

        @Override
        public Optional<HiveException> awaits() {
          return Optional.empty();
        }

        @Override
        public boolean move(String from, String to, BooleanSupplier move) {
          return move.getAsBoolean();
        }
      };

  /** To be merged by a merge commit. */
  public static Incoming work(String head) {
    return new Incoming(head, MergeMethod.MERGE, "Merge", TRAILERS);
  }

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    open();
  }

  void open() {
    repository = Repository.open(sandbox.repository, null);
    kept = new KeptWork(repository);
    folders =
        new AttemptFolders(
            new WorktreeHomes(
                folder.resolve("trees"),
                () -> Optional.ofNullable(place).map(new WorktreeFolder(repository)::check)));
    var isolations =
        new Isolations(repository, this::isolation, () -> false, new SizeLimits(() -> largest));
    commits = new AttemptCommits(repository, kept, folders, isolations);
    worktrees = new Worktrees(repository, commits, kept, folders, isolations, () -> sparse);
    mainline = new GitMainline(repository, worktrees, new HeldCommits(repository), ledger);
  }

  /** The user's checkout of main. */
  MainCheckout checkout() {
    return CheckoutFinder.of(repository, folders.homes()::hold).getFirst();
  }

  /** The word for what attempts work in. */
  public abstract String isolation();

  public AttemptFolder create(String attempt) {
    return worktrees.create("T-1", attempt, "make-it", repository.tip(), told::add);
  }

  public static void write(AttemptFolder tree, String path, String text) throws IOException {
    Path file = tree.path().resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  public String show(String what) {
    return sandbox.git("show", what);
  }
}
