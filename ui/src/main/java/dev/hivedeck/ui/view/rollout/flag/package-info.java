/** Feature flags in the room of rollouts: who gets which variant of something. */
package dev.hivedeck.ui.view.rollout.flag;
