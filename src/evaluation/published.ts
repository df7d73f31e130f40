/**
 * All numbers that the paper publishes (Yu et al., 2020): by how much DIOS is below each scheme in offloading cost (Fig. 4) and in
 * task execution time (Fig. 5), and the share of labels that DIOS gets right (Fig. 3). The figures' other heights are not stated.
 */
export const PUBLISHED: {
  readonly accuracy: number;
  readonly costReduction: { readonly [scheme: string]: number };
  readonly timeReduction: { readonly [scheme: string]: number };
} = {
  accuracy: 0.6479,
  costReduction: { ROS: 0.198, GOS: 0.1824, LOS: 0.2317, EOS: 0.0837, COS: 0.1361, DROS: 0.0115, SOS: 0.0234 },
  timeReduction: { ROS: 0.2325, GOS: 0.0877, LOS: 0.4798, EOS: 0.1773, COS: 0.187, DROS: 0.1136, SOS: 0.1514 },
};
