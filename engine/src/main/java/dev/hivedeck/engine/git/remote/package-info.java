/** Remotes of the user's repository, reached by the user's own git and credentials. */
@NullMarked
package dev.hivedeck.engine.git.remote;

import org.jspecify.annotations.NullMarked;
