/** Rollouts: how a new version is exposed, what is known of it, and what happens next. */
package dev.hivedeck.ui.view.rollout;
