/** Rollouts at the command line. */
@NullMarked
package dev.hivedeck.app.cli.rollout;

import org.jspecify.annotations.NullMarked;
