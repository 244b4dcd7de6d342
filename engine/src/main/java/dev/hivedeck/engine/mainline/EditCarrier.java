package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Brings a checkout up with the edits that are in the way of that. */
final class EditCarrier {
  private final MainCheckout checkout;
  private final Repository repository;
  private final Path path;
  private final Git git;
  private final Path admin;
  private final CheckoutIndex index;

  /**
   * @param admin the checkout's own git folder
   */
  EditCarrier(
      MainCheckout checkout, Repository repository, Git git, Path admin, CheckoutIndex index) {
    this.checkout = checkout;
    this.repository = repository;
    this.path = checkout.path();
    this.git = git;
    this.admin = admin;
    this.index = index;
  }

  /**
   * Brings it from one commit to another with the edits that are in the way of that: as {@code git
   * merge --autostash} does, but as edits of the commit that they were made on. So they take
   * nothing back, whether they are merged here or stashed because they conflict.
   *
   * @param stashing is told before they are stashed, so that it is known whatever happens then
   */
  MainCheckout.Carried carry(String since, String tip, Consumer<MainCheckout.Carried> stashing) {
    try {
      return index.beside(
          own -> {
            Files.copy(admin.resolve(MainCheckout.INDEX), own, StandardCopyOption.REPLACE_EXISTING);
            var carried =
                carry(
                    git.with(Map.of(MainCheckout.INDEX_FILE, own.toString())),
                    since,
                    tip,
                    stashing);
            if (carried.why() == null) {
              Files.move(own, admin.resolve(MainCheckout.INDEX), StandardCopyOption.ATOMIC_MOVE);
            }
            return carried;
          });
    } catch (HiveException e) {
      return MainCheckout.Carried.left(e.getMessage());
    }
  }

  private MainCheckout.Carried carry(
      Git aside, String since, String tip, Consumer<MainCheckout.Carried> stashing) {
    String what = "On " + repository.main() + ": edits that hivedeck update met";
    String staged = commit(aside, "index: " + what, since);
    aside.must("add", "-u", "--", ".");
    String edited = commit(aside, what, since, staged);
    // What main has, on the commit of the edits: also where main is before that, or beside it.
    String main = aside.must("commit-tree", tip + "^{tree}", "-m", repository.main(), "-p", since);
    var merged = ThreeWayMerge.merge(repository, tip, main, edited);
    String files = merged.clean() ? merged.tree() : tip;
    var untracked = UntrackedFiles.inTheWay(aside, path, edited, files);
    if (!untracked.isEmpty()) {
      return MainCheckout.Carried.left(MainCheckout.inTheWay(untracked));
    }
    var would = aside.run("read-tree", "-n", "-m", "-u", edited, files);
    if (!would.ok()) {
      return MainCheckout.Carried.left(checkout.refused(would).why());
    }
    var indexed = merged.clean() ? ThreeWayMerge.merge(repository, tip, main, staged) : merged;
    var carried =
        new MainCheckout.Carried(
            null,
            List.copyOf(indexed.conflicts()),
            indexed.clean() ? null : edited,
            merged.clean() && !indexed.clean());
    if (carried.stash() != null) {
      stashing.accept(carried);
      aside.must("stash", "store", "-m", what, edited);
    }
    aside.must("read-tree", "-m", "-u", edited, files);
    aside.must("read-tree", "-m", indexed.clean() ? indexed.tree() : tip);
    return carried;
  }

  /** What its index has by now, as a commit. */
  private static String commit(Git aside, String message, String... parents) {
    var words = new ArrayList<>(List.of("commit-tree", aside.must("write-tree"), "-m", message));
    for (String parent : parents) {
      words.addAll(List.of("-p", parent));
    }
    return aside.must(words.toArray(String[]::new));
  }
}
