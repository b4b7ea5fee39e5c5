"""Generators, paths, centrality, flows, layouts and files, with a backend looked for."""

# packages: networkx
import io

import networkx as nx

graph = nx.barabasi_albert_graph(60, 3, seed=1)
nx.pagerank(graph)
nx.betweenness_centrality(graph)
nx.shortest_path(graph, 0, 30)
nx.community.louvain_communities(graph, seed=1)
nx.maximum_flow(nx.DiGraph([(0, 1, {"capacity": 3}), (1, 2, {"capacity": 2})]), 0, 2)
nx.spring_layout(graph, seed=1)
nx.to_numpy_array(graph)
nx.to_pandas_edgelist(graph)
stream = io.BytesIO()
nx.write_graphml(graph, stream)
stream.seek(0)
nx.read_graphml(stream)
nx.is_isomorphic(graph, graph.copy())
nx.minimum_spanning_tree(graph)
nx.algorithms.approximation.traveling_salesman_problem(nx.complete_graph(5))
